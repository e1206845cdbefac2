public import SystemPackage

/// Why the control socket cannot be had.
public enum ControlSocketError: Error, Hashable, Sendable {
  /// A daemon answers on it, or holds its lock.
  case inUse(path: String, pid: Int?)
  case notASocket(path: String)
  /// Unix sockets have names of at most 107 bytes.
  case nameTooLong(path: String)
  /// The one whose members should use it.
  case noGroup(name: String)
  case system(call: String, path: String, errno: Errno)
}

extension ControlSocketError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inUse(let path, let pid):
      "a flowswitch runs on \(path) already" + (pid.map { " (pid \($0))" } ?? "")
    case .notASocket(let path):
      "\(path) exists and is not a socket; remove it or choose another with --socket"
    case .nameTooLong(let path):
      "\(path) is longer than the 107 bytes that a socket's name may have"
    case .noGroup(let name): "there is no group \(name); make it with groupadd --system \(name)"
    case .system(let call, let path, let errno): "\(call) \(path): \(errno)"
    }
  }
}
