import SystemPackage

/// Why the switch's own interface could not be had.
public enum OwnInterfaceError: Error, Hashable, Sendable {
  /// An interface of that name exists and is not one end of the switch's pair: it is not touched.
  case notOurs(String)
  case failed(SystemError)

  init(_ error: any Error) {
    switch error {
    case let error as OwnInterfaceError: self = error
    case let error as SystemError: self = .failed(error)
    default: self = .failed(SystemError("set up the switch's interface", code: .ioError, detail: "\(error)"))
    }
  }
}

extension OwnInterfaceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notOurs(let name): "\(name) exists and is not the switch's own interface"
    case .failed(let error): error.description
    }
  }
}
