/// The interface flags that a switch port needs otherwise than other interfaces.
public enum PortFlag: String, Codable, Hashable, Sendable {
  case up
  case promiscuous
  /// The host answers and asks no ARP on the port: it has no address there, and the segment is the switch's.
  case noARP = "no-arp"

  var linkFlag: LinkFlags {
    switch self {
    case .up: .up
    case .promiscuous: .promiscuous
    case .noARP: .noARP
    }
  }
}
