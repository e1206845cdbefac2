public import SwitchModel

/// What of the running switch a plan looks at, as the switch shows it.
public struct PlanSnapshot: Sendable {
  /// The kind of datapath that runs: `xdp`, `xdp-generic`, `tc`, `pcap`.
  public var datapath: String
  public var members: [MemberRow]
  public var routers: [RouterRow]
  /// The members that the buckets of each cluster have, by the bucket; of clusters that change at least.
  public var buckets: [String: [String?]]
  /// Tables that are too small for the new configuration.
  public var growth: [PlannedGrowth]

  public init(
    datapath: String, members: [MemberRow] = [], routers: [RouterRow] = [],
    buckets: [String: [String?]] = [:],
    growth: [PlannedGrowth] = []
  ) {
    self.datapath = datapath
    self.members = members
    self.routers = routers
    self.buckets = buckets
    self.growth = growth
  }

  /// What flows to a member or router now, and whether it can serve.
  struct Party {
    var packets: UInt64
    var newFlows: UInt64
    var canServe: Bool
  }

  /// By `cluster/member` and `pool/router`.
  var parties: [String: Party] {
    let serving: Set = ["operational", "primary", "secondary-operational"]
    var parties: [String: Party] = [:]
    for row in members {
      parties["\(row.cluster)/\(row.name)"] = Party(
        packets: max(row.packets_per_second, row.leaving_packets_per_second),
        newFlows: row.new_flows_per_second,
        canServe: serving.contains(row.state) && row.admin_state == AdminState.enabled.rawValue)
    }
    for row in routers {
      parties["\(row.pool)/\(row.name)"] = Party(
        packets: row.packets_per_second, newFlows: 0,
        canServe: row.state == "operational" && row.admin_state == .enabled)
    }
    return parties
  }
}
