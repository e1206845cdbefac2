/// Why a packet cannot be asked for.
public enum QuestionError: Error, Hashable, Sendable {
  case endpoint(EndpointError)
  /// One address is IPv4, the other IPv6.
  case families
  case unknownProtocol(String)
  /// A port is given with a protocol that has none.
  case noPorts(String)
  /// A TCP segment was asked for with another protocol.
  case notTCP(String)
  case notAVLAN(Int)
}

extension QuestionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .endpoint(let error): error.description
    case .families: "source and destination are of different families; expected both IPv4 or both IPv6"
    case .unknownProtocol(let name):
      "unknown protocol '\(name)'; expected one like tcp, udp, icmp, esp, or a number from 0 to 255"
    case .noPorts(let name): "\(name) has no ports; expected addresses alone"
    case .notTCP(let name): "--syn goes with tcp, not with \(name)"
    case .notAVLAN(let number): "\(number) is no VLAN; expected 0 (untagged) to 4094"
    }
  }
}
