import SwitchModel

extension TopView {
  /// As the switch lists them.
  func rows(_ rates: TopRates) -> [TopRow] {
    switch self {
    case .ports: rates.now.ports.map { TopView.row($0, rates) }
    case .clusters: rates.now.clusters.map { TopView.row($0, rates) }
    case .members: TopView.memberRows(rates)
    case .routers: TopView.routerRows(rates)
    case .drops: rates.now.drops.filter { $0.packets > 0 }.map { TopView.row($0, rates) }
    case .events: rates.now.events.map(TopView.row)
    }
  }

  private static func row(_ row: PortRow, _ rates: TopRates) -> TopRow {
    let (received, sent, dropped) = (rates.received(row), rates.sent(row), rates.dropped(row))
    return TopRow(
      meaning: StateMeaning(row.link),
      values: [
        .text(row.name), .state(row.link), .text(row.role.rawValue), .rate(received.packets),
        .rate(received.bits), .rate(sent.packets), .rate(sent.bits), .rate(dropped, isBad: true),
        .counter(row.rx_dropped.addingWithoutOverflow(row.tx_dropped)), .number(row.speed_mbps),
        .number(row.stations), .counter(row.rx_packets), .counter(row.tx_packets), .text(row.mode),
      ])
  }

  private static func row(_ row: ClusterRow, _ rates: TopRates) -> TopRow {
    let traffic = rates.of(row)
    let able = "\(row.members_operational)/\(row.members_total)"
    let share = row.members_total > 0 ? Double(row.members_operational) / Double(row.members_total) : 0
    let meaning: StateMeaning =
      row.members_operational == row.members_total ? .plain : row.members_operational == 0 ? .bad : .warning
    return TopRow(
      meaning: StateMeaning(row.state),
      values: [
        .text(row.name), .state(row.state),
        TopValue(able, order: .number(share), meaning),
        .rate(traffic.packets), .rate(traffic.bits), .rate(traffic.newFlows), .text(row.address),
        .text(row.mode.rawValue), .number(row.buckets), .counter(row.packets), .counter(row.bytes),
        .text(row.virtual_mac),
      ])
  }

  private static func memberRows(_ rates: TopRates) -> [TopRow] {
    let traffic = rates.now.members.map { rates.of($0) }
    // The sum of these, not what the cluster had: that was counted a moment later or earlier.
    let clusters = Dictionary(grouping: zip(rates.now.members, traffic), by: \.0.cluster)
      .mapValues { Rate.sum($0.map(\.1.packets)) }
    return zip(rates.now.members, traffic).map { row, traffic in
      return TopRow(
        meaning: meaning(row.state, row.admin_state),
        values: [
          .text(TopRates.name(row)), .state(row.state), .state(row.admin_state), .rate(traffic.packets),
          .rate(traffic.bits), .rate(traffic.newFlows),
          .share(traffic.packets, of: clusters[row.cluster].flatMap(\.self)),
          .rate(Rate(perSecond: Double(row.leaving_packets_per_second))), .text(row.port),
          .number(row.buckets), .number(row.weight), .text(row.address), .text(row.mac),
          .counter(row.packets), .text(time(row.last_change)),
        ])
    }
  }

  private static func routerRows(_ rates: TopRates) -> [TopRow] {
    let traffic = rates.now.routers.map { rates.of($0) }
    let pools = Dictionary(grouping: zip(rates.now.routers, traffic), by: \.0.pool)
      .mapValues { Rate.sum($0.map(\.1.packets)) }
    return zip(rates.now.routers, traffic).map { row, traffic in
      TopRow(
        meaning: meaning(row.state, row.admin_state.rawValue),
        values: [
          .text(TopRates.name(row)), .state(row.state), .state(row.admin_state.rawValue),
          .rate(traffic.packets), .rate(traffic.bits),
          .share(traffic.packets, of: pools[row.pool].flatMap(\.self)), .number(row.servers),
          .text(row.port), .number(row.buckets), .number(row.weight), .text(row.address), .text(row.mac),
          .counter(row.packets), .text(time(row.last_change)),
        ])
    }
  }

  private static func row(_ row: DropRow, _ rates: TopRates) -> TopRow {
    let rate = rates.of(row)
    return TopRow(
      meaning: (rate?.perSecond ?? 0) > 0 ? .warning : .plain,
      values: [.text(row.reason), .text(row.port), .rate(rate, isBad: true), .counter(row.packets)])
  }

  private static func row(_ row: EventRow) -> TopRow {
    let meaning = StateMeaning(event: row)
    let why = row.effect.isEmpty ? row.cause : "\(row.cause); \(row.effect)"
    return TopRow(
      meaning: meaning,
      values: [
        TopValue(time(row.time), order: .number(Double(row.number))),
        TopValue(row.kind, order: .text(row.kind), meaning), .text(row.subject), .text(why),
        row.buckets_moved == 0 ? TopValue("-", order: .number(0)) : .number(row.buckets_moved),
        TopValue("\(row.number)", order: .number(Double(row.number))),
      ])
  }

  /// What the operator took out of service does not look as if all were well.
  private static func meaning(_ state: String, _ admin: String) -> StateMeaning {
    max(StateMeaning(state), admin == AdminState.enabled.rawValue ? .plain : StateMeaning(admin))
  }

  /// RFC 3339 as people read it: `2025-01-02T03:04:05.678Z` is `01-02 03:04:05`. Anything else stays.
  static func time(_ text: String) -> String {
    let parts = text.prefix(64).split(separator: "T")
    guard parts.count == 2, parts[0].utf8.count == 10, parts[1].utf8.count >= 8 else { return text }
    return "\(parts[0].dropFirst(5)) \(parts[1].prefix(8))"
  }
}

extension UInt64 {
  fileprivate func addingWithoutOverflow(_ other: UInt64) -> UInt64 {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }
}
