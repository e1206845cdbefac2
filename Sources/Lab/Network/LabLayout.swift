/// Which of the hosts stand in a lab.
package enum LabLayout: String, CaseIterable, Codable, Sendable {
  /// Servers with shared addresses, two routers with clients behind them, an ordinary host.
  case servers
  /// Eight ordinary servers and a pool of four routers, which they are given one by one (H9).
  case routers
  /// The same; the pool has a virtual MAC, and routers are given flow by flow.
  case routersPerFlow = "routers-per-flow"
  /// Those of `servers`, the pool and four servers that it is for: per server in IPv4, per flow in IPv6.
  case all

  package var hosts: [LabHost] {
    let servers = LabHost.clients + LabHost.routers + [.sw] + LabHost.servers + [.h1]
    return switch self {
    case .servers: servers
    case .routers, .routersPerFlow: [.r1, .sw] + LabHost.pool + hosted + [.x1]
    case .all: servers + LabHost.pool + hosted + [.x1]
    }
  }

  var hasClusters: Bool { self == .servers || self == .all }
  var hasPool: Bool { self != .servers }

  /// The servers that have the pool's routers.
  package var hosted: [LabHost] {
    switch self {
    case .servers: []
    case .routers, .routersPerFlow: LabHost.hosted
    case .all: Array(LabHost.hosted.prefix(4))
    }
  }

  /// Those with a cable to the switch, in the order of its ports.
  package var lan: [LabHost] {
    switch self {
    case .servers: LabHost.lan
    case .routers, .routersPerFlow: [.r1] + LabHost.pool + hosted
    case .all: LabHost.lan + LabHost.pool + hosted
    }
  }
}
