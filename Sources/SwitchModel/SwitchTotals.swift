/// Counters and numbers that no row has, for `/metrics`.
public struct SwitchTotals: Codable, Hashable, Sendable {
  /// What a member has had since the datapath was loaded.
  public struct Member: Codable, Hashable, Sendable {
    /// TCP connections that began.
    public var newFlows: UInt64
    /// Packets of flows that it kept while their buckets moved to others.
    public var leavingPackets: UInt64

    public init(newFlows: UInt64, leavingPackets: UInt64) {
      self.newFlows = newFlows
      self.leavingPackets = leavingPackets
    }
  }
  /// Buckets in transition, by the name of the cluster or pool.
  public var transitions: [String: Int]
  /// By `cluster/member`.
  public var members: [String: Member]
  /// Since the daemon started, by kind.
  public var events: [String: UInt64]

  public init(
    transitions: [String: Int] = [:], members: [String: Member] = [:], events: [String: UInt64] = [:]
  ) {
    self.transitions = transitions
    self.members = members
    self.events = events
  }
}

extension SwitchOperations {
  /// From the rows: exact for a switch that keeps all of its events, and without what no row has.
  public func totals() async -> SwitchTotals {
    var totals = SwitchTotals()
    for row in await events(after: nil) { totals.events[row.kind, default: 0] += 1 }
    for cluster in await clusters() {
      let rows = try? await buckets(cluster: cluster.name)
      totals.transitions[cluster.name] = rows?.count { $0.previous != nil }
    }
    return totals
  }
}
