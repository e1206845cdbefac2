public import SwitchModel

/// Why a command got no answer from the daemon.
public enum ControlClientError: Error, Hashable, Sendable {
  /// No socket, or nobody behind it.
  case noDaemon(path: String, reason: String)
  case timedOut(path: String, seconds: Int)
  /// What answers is not a flowswitch of this version.
  case badAnswer(path: String, reason: String)
  /// The socket's mode does not let us in.
  case forbidden(path: String)
  /// The daemon says no. `code` as in `APIError.Code`, perhaps of a newer daemon.
  case refused(code: String, message: String)
  /// The daemon finds faults in a configuration.
  case faulty(message: String, [Diagnostic])
}

extension ControlClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noDaemon(let path, let reason): "no daemon answers on \(path): \(reason)"
    case .timedOut(let path, let seconds): "no daemon answers on \(path): nothing came within \(seconds) s"
    case .badAnswer(let path, let reason): "no flowswitch answers on \(path): \(reason)"
    case .forbidden(let path): "\(path): permission denied; try as root"
    case .refused(_, let message): message
    case .faulty(let message, let faults): (faults.map(\.description) + [message]).joined(separator: "\n")
    }
  }
}
