import ProxyARP
import Wire

extension FuzzTarget {
  /// ARP and neighbour discovery, frame after frame: a port and a pause in a byte, a length in two, the frame. What is
  /// read reads the same when it is written; the tables keep their bounds.
  static let neighbours = FuzzTarget(
    "neighbours", "ARP and neighbour discovery", longest: 4096, .direct { bytes in try hear(bytes) })

  private static func hear(_ bytes: [UInt8]) throws {
    let own: MACAddress = MACAddress(number: 0x02f5_0000_0000)
    let identity = SwitchIdentity(
      mac: own, address: IPPrefix(IPAddress(10, 50, 0, 254), length: 24),
      virtualMAC: MACAddress(number: own.number + 1), virtualCount: 8)
    var limits = NeighbourLimits()
    limits.entries = 8
    var table = NeighbourTable(identity: identity, limits: limits)
    var resolver = MemberResolver(identity: identity)
    let shared = IPAddress(10, 50, 0, 100)
    var now = Duration.zero
    _ = resolver.configure(
      [
        ResolvableMember(member: 1, port: 1, vlan: .untagged, shared: shared, method: .sharedAddress),
        ResolvableMember(
          member: 2, port: 2, vlan: .untagged, shared: shared, method: .ownAddress(IPAddress(10, 50, 0, 12))),
        ResolvableMember(
          member: 3, port: 3, vlan: .untagged, shared: shared,
          method: .configured(MACAddress(number: 0x0200_0000_0203))),
      ], now: now)
    var finder = AddressFinder(
      mac: own,
      wanted: [
        .configured(IPPrefix(IPAddress(10, 50, 0, 254), length: 24), vlan: .untagged),
        .find(
          in: IPPrefix(IPAddress(10, 60, 0, 0), length: 29), vlan: VLANID(raw: 10), avoid: [], remembered: nil
        ),
      ])
    _ = finder.start(now: now)
    var reader = InputReader(bytes)
    while !reader.isAtEnd {
      let first = reader.byte()
      let frame = reader.bytes(min(reader.word(), 1600))
      now += .milliseconds(Int(first >> 3) * 250)
      _ = (table.tick(now), resolver.tick(now), finder.tick(now))
      guard let message = try? AddressMessage(parsing: frame) else { continue }
      let written =
        switch message {
        case .arp(let packet): packet.frame
        case .neighbour(let packet): packet.frame
        }
      let again = try? AddressMessage(parsing: written)
      try FuzzFault.unless(again == message, "\(message) is written and read as \(String(describing: again))")
      let port = Int(first & 7)
      if let question = message.question { _ = table.question(question, on: port, now: now) }
      _ = table.received(message, on: port, now: now)
      _ = resolver.received(message, on: port, now: now)
      _ = finder.received(message, now: now)
      try FuzzFault.unless(table.count <= limits.entries, "\(table.count) neighbours")
    }
  }
}
