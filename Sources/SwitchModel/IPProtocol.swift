/// Names of IP protocols (IANA's registry "Assigned Internet Protocol Numbers"): those that a switch meets.
public enum IPProtocol {
  /// Those whose packets begin with a source and a destination port.
  private static let withPorts: [(name: String, number: UInt8)] = [
    ("tcp", 6), ("udp", 17), ("dccp", 33), ("sctp", 132), ("udplite", 136),
  ]
  private static let withoutPorts: [(name: String, number: UInt8)] = [
    ("icmp", 1), ("igmp", 2), ("ipip", 4), ("ipv6", 41), ("rsvp", 46), ("gre", 47), ("esp", 50), ("ah", 51),
    ("ipv6-icmp", 58), ("ospf", 89), ("etherip", 97), ("pim", 103), ("vrrp", 112), ("l2tp", 115),
  ]

  public static let names: [String] = (withPorts + withoutPorts).map(\.name)

  /// The number of a protocol by its name, or nil.
  public static func number(named name: some StringProtocol) -> UInt8? {
    (withPorts + withoutPorts).first { $0.name == name }?.number
  }

  /// `tcp`, `udp`, …, or the number where no name is known.
  public static func name(of number: UInt8) -> String {
    (withPorts + withoutPorts).first { $0.number == number }?.name ?? String(number)
  }

  public static func hasPorts(_ number: UInt8) -> Bool { withPorts.contains { $0.number == number } }
}
