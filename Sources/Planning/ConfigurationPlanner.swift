public import SwitchModel

/// From two configurations and what the switch shows to a plan. Pure: it says what would be, and does nothing.
public struct ConfigurationPlanner: Sendable {
  let former: SwitchConfiguration
  let next: SwitchConfiguration
  let snapshot: PlanSnapshot
  let parties: [String: PlanSnapshot.Party]

  public init(from former: SwitchConfiguration, to next: SwitchConfiguration, snapshot: PlanSnapshot) {
    self.former = former
    self.next = next
    self.snapshot = snapshot
    parties = snapshot.parties
  }

  /// The clusters whose buckets a plan looks at.
  public static func changedClusters(
    from former: SwitchConfiguration, to next: SwitchConfiguration
  ) -> [String] {
    let old = byName(former.clusters, \.name)
    return next.clusters.filter { old[$0.name] != nil && old[$0.name] != $0 }.map(\.name)
  }

  public var plan: ConfigurationPlan {
    let changes = switchChanges + portChanges + clusterChanges + poolChanges
    return ConfigurationPlan(
      changes: changes, moves: changes.isEmpty ? [] : moves, breaks: breaks, interruptions: interruptions,
      growth: changes.isEmpty ? [] : snapshot.growth,
      refusals: ConfigurationPlanner.refusals(from: former, to: next))
  }

  /// What a running switch cannot change; empty: all of it can be tried.
  public static func refusals(
    from former: SwitchConfiguration, to next: SwitchConfiguration
  ) -> [String] {
    var refusals: [String] = []
    if former.name != next.name {
      refusals.append(
        "switch.name: '\(former.name)' → '\(next.name)': the name is in the control socket, the interfaces and the pinned datapath; stop this switch and start the other"
      )
    }
    return refusals
  }

  /// What is different, in a sentence of bounded length: `member web/s3 added, switch hook changed and 12 more`.
  public static func summary(from former: SwitchConfiguration, to next: SwitchConfiguration) -> String {
    let planner = ConfigurationPlanner(from: former, to: next, snapshot: PlanSnapshot(datapath: ""))
    let changes =
      planner.switchChanges + planner.portChanges + planner.clusterChanges + planner.poolChanges
    let named = changes.prefix(8).map { "\($0.subject.rawValue) \($0.name) \($0.kind.rawValue)" }
    let more = changes.count - named.count
    return named.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  /// What stops everything for a moment.
  private var interruptions: [String] {
    var found: [String] = []
    guard former != next else { return [] }
    let now = snapshot.datapath
    let wanted = next.datapath
    if now == "pcap" || wanted == .pcap {
      found.append(
        now == "pcap" && (wanted == .pcap || wanted == former.datapath)
          ? "the datapath pcap is in the daemon: nothing is forwarded while it begins anew (about a second)"
          : "the datapath changes from \(now) to \(wanted.rawValue): nothing is forwarded meanwhile (about a second)"
      )
    } else if wanted != .auto, wanted.rawValue != now {
      found.append(
        "the datapath changes from \(now) to \(wanted.rawValue): each port is out for a moment while its driver changes over"
      )
    }
    if former.virtualMAC != next.virtualMAC {
      found.append(
        "switch.virtual-mac: every cluster's MAC changes; a neighbour's frames are lost until it takes the new one, which is announced at once"
      )
    }
    return found
  }
}
