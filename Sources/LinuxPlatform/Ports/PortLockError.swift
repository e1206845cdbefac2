/// Why a port could not be claimed.
public enum PortLockError: Error, Hashable, Sendable {
  /// Another switch has it. Its process is nil where it is in a PID namespace that this one does not see.
  case held(index: UInt32, holder: ProcessIdentity?)
  case failed(SystemError)
}

extension PortLockError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .held(let index, let holder):
      "link #\(index) is a port of another switch" + (holder.map { ", process \($0)" } ?? "")
    case .failed(let error): error.description
    }
  }
}
