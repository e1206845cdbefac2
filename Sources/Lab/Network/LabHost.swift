import Wire

/// The machines of the lab, each a network namespace.
///
///     10.10.0.0/24                        10.50.0.0/24
///     a1 ────── r1 ──────┐        ┌────── s1  10.50.0.100
///                        │        ├────── s2  10.50.0.100
///                        ├── sw ──┼────── s3  10.50.0.100
///     10.20.0.0/24       │        ├────── s4  10.50.0.14, and 10.50.0.100 on its loopback
///     b1 ────── r2 ──────┘        └────── h1  10.50.0.50, an ordinary host
///
/// And for the routers' pool (`LabLayout.routers`), x1 being the world outside, which answers by r1:
///
///     10.30.0.1   ┌── p1 ──┐        ┌────── c1  10.50.0.31, via 10.50.0.21
///        x1 ──────┤   …    ├── sw ──┤        …
///         │       └── p4 ──┘   │    └────── c8  10.50.0.38, via 10.50.0.21
///         └────────── r1 ──────┘
package enum LabHost: String, CaseIterable, Codable, Sendable, CodingKeyRepresentable {
  case a1, b1, r1, r2, sw, s1, s2, s3, s4, h1
  case p1, p2, p3, p4, c1, c2, c3, c4, c5, c6, c7, c8, x1

  package static let clients: [LabHost] = [.a1, .b1]
  package static let routers: [LabHost] = [.r1, .r2]
  package static let servers: [LabHost] = [.s1, .s2, .s3, .s4]
  /// Those of the cluster `damped`.
  static let dampedMembers: [LabHost] = [.s3, .s4]
  /// The servers with nothing but the shared addresses on their NIC.
  package static let plainServers: [LabHost] = [.s1, .s2, .s3]
  /// The routers of the pool.
  package static let pool: [LabHost] = [.p1, .p2, .p3, .p4]
  /// The servers that have the pool's routers; addresses of their own, in no cluster.
  package static let hosted: [LabHost] = [.c1, .c2, .c3, .c4, .c5, .c6, .c7, .c8]
  /// Those with a cable to the switch, in the order of its ports, in the layout `servers`.
  package static let lan: [LabHost] = routers + servers + [.h1]

  package var name: String { rawValue }

  /// What it is, for a person.
  package var role: String {
    switch self {
    case .a1: "client in network A, behind r1"
    case .b1: "client in network B, behind r2"
    case .r1: "router of network A"
    case .r2: "router of network B"
    case .sw: "the switch"
    case .s1, .s2, .s3: "server, only the shared addresses on its NIC"
    case .s4: "server, own address on its NIC, the shared ones on loopback"
    case .h1: "ordinary host, in no cluster"
    case .p1, .p2, .p3, .p4: "router of the pool"
    case .c1, .c2, .c3, .c4, .c5, .c6, .c7, .c8: "server behind the pool, in no cluster"
    case .x1: "the world outside"
    }
  }

  /// The interface at the end of the cable to the switch (clients: to their router).
  package var nic: String { (Self.routers + Self.pool).contains(self) ? "lan" : "eth0" }

  /// The switch's end of that cable.
  package var switchPort: String { "sw-\(rawValue)" }

  /// Set, not random, so that captures of two runs compare and a person can read them.
  package var mac: MACAddress {
    switch self {
    case .r1: MACAddress(2, 0, 0, 0, 1, 1)
    case .r2: MACAddress(2, 0, 0, 0, 1, 2)
    case .s1: MACAddress(2, 0, 0, 0, 5, 1)
    case .s2: MACAddress(2, 0, 0, 0, 5, 2)
    case .s3: MACAddress(2, 0, 0, 0, 5, 3)
    case .s4: MACAddress(2, 0, 0, 0, 5, 4)
    case .h1: MACAddress(2, 0, 0, 0, 6, 1)
    case .a1: MACAddress(2, 0, 0, 0, 0x0a, 1)
    case .b1: MACAddress(2, 0, 0, 0, 0x0b, 1)
    case .sw: MACAddress(2, 0, 0, 0, 7, 1)
    case .p1, .p2, .p3, .p4: MACAddress(2, 0, 0, 0, 2, number)
    case .c1, .c2, .c3, .c4, .c5, .c6, .c7, .c8: MACAddress(2, 0, 0, 0, 3, number)
    case .x1: MACAddress(2, 0, 0, 0, 0x0c, 1)
    }
  }

  /// The digit in its name.
  var number: UInt8 { UInt8(rawValue.dropFirst()) ?? 0 }

  package static func with(mac: MACAddress) -> LabHost? { allCases.first { $0.mac == mac } }

  /// The first address of each family by which others reach it; the servers' own is not shared.
  package var addresses: [String] {
    switch self {
    case .a1: ["10.10.0.11", "fd10::11"]
    case .b1: ["10.20.0.11", "fd20::11"]
    case .r1: ["10.50.0.1", "fd50::1"]
    case .r2: ["10.50.0.2", "fd50::2"]
    case .s1, .s2, .s3: LabAddress.web
    case .s4: ["10.50.0.14", "fd50::14"]
    case .h1: ["10.50.0.50", "fd50::50"]
    case .sw: []
    case .p1, .p2, .p3, .p4: ["10.50.0.2\(number)", "fd50::2\(number)"]
    case .c1, .c2, .c3, .c4, .c5, .c6, .c7, .c8: ["10.50.0.3\(number)", "fd50::3\(number)"]
    case .x1: ["10.30.0.1", "fd30::1"]
    }
  }

  /// A client's addresses of one family: traffic that is hashed by source needs more than one.
  package func sources(ipv6: Bool) -> [String] {
    let net = self == .a1 ? "10" : "20"
    return (11...18).map { ipv6 ? "fd\(net)::\($0)" : "10.\(net).0.\($0)" }
  }
}
