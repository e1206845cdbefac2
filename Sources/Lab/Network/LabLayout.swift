/// Which of the hosts stand in a lab.
package enum LabLayout: String, CaseIterable, Codable, Sendable {
  /// Servers with shared addresses, two routers with clients behind them, an ordinary host.
  case servers
  /// Eight ordinary servers and a pool of four routers, which they are given one by one (H9).
  case routers
  /// The same; the pool has a virtual MAC, and routers are given flow by flow.
  case routersPerFlow = "routers-per-flow"

  package var hosts: [LabHost] {
    switch self {
    case .servers: LabHost.clients + LabHost.routers + [.sw] + LabHost.servers + [.h1]
    case .routers, .routersPerFlow: [.r1, .sw] + LabHost.pool + LabHost.hosted + [.x1]
    }
  }

  /// Those with a cable to the switch, in the order of its ports.
  package var lan: [LabHost] {
    switch self {
    case .servers: LabHost.lan
    case .routers, .routersPerFlow: [.r1] + LabHost.pool + LabHost.hosted
    }
  }
}
