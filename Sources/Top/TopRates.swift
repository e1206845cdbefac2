import SwitchModel

/// Two samples side by side: what counters did in between.
struct TopRates: Sendable {
  struct Traffic: Hashable, Sendable {
    var packets: Rate?
    var bits: Rate?
    var newFlows: Rate?
  }

  let now: TopSample
  private let elapsed: Duration
  private let ports: [String: PortRow]
  private let clusters: [String: ClusterRow]
  private let members: [String: MemberRow]
  private let routers: [String: RouterRow]
  private let drops: [String: DropRow]
  private let newFlows: [String: Rate]

  /// - Parameter before: nil: no rate is known.
  init(now: TopSample, before: TopSample?) {
    self.now = now
    elapsed = before.map { now.time - $0.time } ?? .zero
    func table<Row>(_ rows: [Row]?, _ key: (Row) -> String) -> [String: Row] {
      Dictionary((rows ?? []).map { (key($0), $0) }) { first, _ in first }
    }
    ports = table(before?.ports) { $0.name }
    clusters = table(before?.clusters) { $0.name }
    members = table(before?.members, TopRates.name)
    routers = table(before?.routers, TopRates.name)
    drops = table(before?.drops, TopRates.name)
    newFlows = Dictionary(
      now.members.map { ($0.cluster, Rate(perSecond: Double($0.new_flows_per_second))) }, uniquingKeysWith: +)
  }

  static func name(_ row: MemberRow) -> String { "\(row.cluster)/\(row.name)" }
  static func name(_ row: RouterRow) -> String { "\(row.pool)/\(row.name)" }
  static func name(_ row: DropRow) -> String { "\(row.reason) \(row.port)" }

  func received(_ row: PortRow) -> Traffic {
    let before = ports[row.name]
    return traffic(row.rx_packets, row.rx_bytes, before?.rx_packets, before?.rx_bytes)
  }

  func sent(_ row: PortRow) -> Traffic {
    let before = ports[row.name]
    return traffic(row.tx_packets, row.tx_bytes, before?.tx_packets, before?.tx_bytes)
  }

  func dropped(_ row: PortRow) -> Rate? {
    let before = ports[row.name]
    return Rate.sum([
      Rate(row.rx_dropped, since: before?.rx_dropped, elapsed),
      Rate(row.tx_dropped, since: before?.tx_dropped, elapsed),
    ])
  }

  func of(_ row: ClusterRow) -> Traffic {
    let before = clusters[row.name]
    var traffic = traffic(row.packets, row.bytes, before?.packets, before?.bytes)
    // The switch counts these itself, over the last second.
    traffic.newFlows = newFlows[row.name]
    return traffic
  }

  func of(_ row: MemberRow) -> Traffic {
    let before = members[TopRates.name(row)]
    var traffic = traffic(row.packets, row.bytes, before?.packets, before?.bytes)
    traffic.newFlows = Rate(perSecond: Double(row.new_flows_per_second))
    return traffic
  }

  func of(_ row: RouterRow) -> Traffic {
    let before = routers[TopRates.name(row)]
    return traffic(row.packets, row.bytes, before?.packets, before?.bytes)
  }

  func of(_ row: DropRow) -> Rate? {
    // A reason that had not occurred has no row.
    let before = drops[TopRates.name(row)]?.packets ?? 0
    return Rate(row.packets, since: elapsed > .zero ? before : nil, elapsed)
  }

  private func traffic(
    _ packets: UInt64, _ bytes: UInt64, _ packetsBefore: UInt64?, _ bytesBefore: UInt64?
  ) -> Traffic {
    Traffic(
      packets: Rate(packets, since: packetsBefore, elapsed),
      bits: Rate(bytes, since: bytesBefore, elapsed).map { Rate(perSecond: $0.perSecond * 8) })
  }
}
