extension TopView {
  /// In the order in which they stand.
  public var columns: [TopColumn] {
    switch self {
    case .ports: TopView.portColumns
    case .clusters: TopView.clusterColumns
    case .members: TopView.memberColumns
    case .routers: TopView.routerColumns
    case .drops: TopView.dropColumns
    case .events: TopView.eventColumns
    }
  }

  /// Nil: as the switch lists them, which is as the configuration does.
  var initialSort: TopSort? {
    switch self {
    case .ports, .clusters, .members, .routers: nil
    case .drops: TopSort(key: "drops", isDescending: true)
    case .events: TopSort(key: "time", isDescending: true)
    }
  }

  private static let portColumns: [TopColumn] = [
    .text("name", "PORT", 0), .text("state", "LINK", 1), .text("role", "ROLE", 7),
    .number("packets", "RX PKT/S", 2), .number("bits", "RX BIT/S", 3), .number("tx-packets", "TX PKT/S", 4),
    .number("tx-bits", "TX BIT/S", 5), .number("drops", "DROP/S", 6), .number("dropped", "DROPPED", 8),
    .number("speed", "MBIT/S", 9), .number("stations", "STATIONS", 10),
    .number("total", "RX PACKETS", 11), .number("tx-total", "TX PACKETS", 12), .text("mode", "MODE", 13),
  ]

  private static let clusterColumns: [TopColumn] = [
    .text("name", "CLUSTER", 0), .text("state", "STATE", 1), .text("members", "MEMBERS", 2),
    .number("packets", "PKT/S", 3), .number("bits", "BIT/S", 4), .number("flows", "NEW FLOWS/S", 5),
    .text("address", "ADDRESS", 6), .text("mode", "MODE", 7), .number("buckets", "BUCKETS", 8),
    .number("total", "PACKETS", 9), .number("bytes", "BYTES", 10), .text("mac", "VIRTUAL MAC", 11),
  ]

  private static let memberColumns: [TopColumn] = [
    .text("name", "MEMBER", 0), .text("state", "STATE", 1), .text("admin", "ADMIN", 6),
    .number("packets", "PKT/S", 2), .number("bits", "BIT/S", 3), .number("flows", "NEW FLOWS/S", 4),
    .number("share", "SHARE", 5), .number("leaving", "LEAVING/S", 9), .text("port", "PORT", 7),
    .number("buckets", "BUCKETS", 8), .number("weight", "WEIGHT", 10), .text("address", "ADDRESS", 12),
    .text("mac", "MAC", 13), .number("total", "PACKETS", 14), .text("time", "SINCE (UTC)", 11),
  ]

  private static let routerColumns: [TopColumn] = [
    .text("name", "ROUTER", 0), .text("state", "STATE", 1), .text("admin", "ADMIN", 7),
    .number("packets", "PKT/S", 2), .number("bits", "BIT/S", 3), .number("share", "SHARE", 5),
    .number("servers", "SERVERS", 4), .text("port", "PORT", 6), .number("buckets", "BUCKETS", 9),
    .number("weight", "WEIGHT", 10), .text("address", "ADDRESS", 8), .text("mac", "MAC", 12),
    .number("total", "PACKETS", 13), .text("time", "SINCE (UTC)", 11),
  ]

  private static let dropColumns: [TopColumn] = [
    .text("name", "REASON", 0), .text("port", "PORT", 2), .number("drops", "DROP/S", 1),
    .number("dropped", "DROPPED", 3),
  ]

  private static let eventColumns: [TopColumn] = [
    .text("time", "TIME (UTC)", 2), .text("name", "EVENT", 0), .text("subject", "SUBJECT", 1),
    .text("why", "CAUSE; EFFECT", 3, isFlexible: true), .number("moved", "MOVED", 4),
    .number("number", "NUMBER", 5),
  ]
}
