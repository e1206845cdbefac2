public import SystemPackage

/// Why frames could not be captured or injected.
public enum PacketIOError: Error, Hashable, Sendable {
  /// It never was, was removed, or was moved to another network namespace. One that comes back must be opened anew.
  case interfaceVanished(String)
  case interfaceDown(String)
  /// Needs CAP_NET_RAW.
  case notPermitted(String)
  case notEthernet(String)
  /// libpcap's words on an expression that it does not understand.
  case badFilter(expression: String, reason: String)
  case captureFailed(interface: String, reason: String)
  case injectionFailed(interface: String, code: Errno)
}

extension PacketIOError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .interfaceVanished(let name): "\(name): there is no such interface (any more)"
    case .interfaceDown(let name): "\(name) is down"
    case .notPermitted(let name): "\(name): not permitted to open a packet socket (CAP_NET_RAW)"
    case .notEthernet(let name): "\(name) is not an Ethernet interface"
    case .badFilter(let expression, let reason): "filter \"\(expression)\": \(reason)"
    case .captureFailed(let name, let reason): "capture on \(name): \(reason)"
    case .injectionFailed(let name, let code): "sending on \(name): \(code)"
    }
  }
}
