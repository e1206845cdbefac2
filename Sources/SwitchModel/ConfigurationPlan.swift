/// What another configuration would do to the running switch. Keys of JSON as the properties are named.
public struct ConfigurationPlan: Codable, Hashable, Sendable {
  public var changes: [PlannedChange]
  /// Clusters and pools whose buckets move.
  public var moves: [PlannedMove]
  /// Connections that will break, and why.
  public var breaks: [PlannedBreak]
  /// What interrupts all forwarding for a moment.
  public var interruptions: [String]
  /// Tables of the datapath that are too small for it. Larger ones go on with what those hold.
  public var growth: [PlannedGrowth]
  /// Why it cannot be applied to a running switch; empty: it can.
  public var refusals: [String]

  public init(
    changes: [PlannedChange] = [], moves: [PlannedMove] = [], breaks: [PlannedBreak] = [],
    interruptions: [String] = [], growth: [PlannedGrowth] = [], refusals: [String] = []
  ) {
    self.changes = changes
    self.moves = moves
    self.breaks = breaks
    self.interruptions = interruptions
    self.growth = growth
    self.refusals = refusals
  }

  /// It is what runs.
  public var isEmpty: Bool { changes.isEmpty && refusals.isEmpty }
  /// Somebody may notice.
  public var isDisruptive: Bool { !breaks.isEmpty || !interruptions.isEmpty }
}

/// One thing that the configuration names.
public struct PlannedChange: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case added, changed, removed
  }
  public enum Subject: String, Codable, CaseIterable, Sendable {
    case `switch`, port, cluster, member, pool, router
  }
  public var kind: Kind
  public var subject: Subject
  /// As the configuration names it: a port, a cluster, `cluster/member`, a key of the switch's.
  public var name: String
  /// What is different: `weight: 100 → 200`; what is added, in short.
  public var details: [String]

  public init(_ kind: Kind, _ subject: Subject, _ name: String, _ details: [String] = []) {
    self.kind = kind
    self.subject = subject
    self.name = name
    self.details = details
  }
}

/// Buckets of a cluster or pool that change their member. Flows that are there stay until they end (X8).
public struct PlannedMove: Codable, Hashable, Sendable {
  public var cluster: String
  /// In the new configuration.
  public var buckets: Int
  public var buckets_moved: Int
  /// Of the whole cluster, estimated for the moved part: what flows on the previous paths at first.
  public var packets_per_second: UInt64
  /// New flows that would go elsewhere than now.
  public var new_flows_per_second: UInt64
  /// Buckets by `member`, before and after; of members that have or get some.
  public var members: [PlannedShare]

  public init(
    cluster: String, buckets: Int, moved: Int, packetsPerSecond: UInt64, newFlowsPerSecond: UInt64,
    members: [PlannedShare]
  ) {
    self.cluster = cluster
    self.buckets = buckets
    buckets_moved = moved
    packets_per_second = packetsPerSecond
    new_flows_per_second = newFlowsPerSecond
    self.members = members
  }
}

public struct PlannedShare: Codable, Hashable, Sendable {
  public var member: String
  public var before: Int
  public var after: Int

  public init(_ member: String, before: Int, after: Int) {
    self.member = member
    self.before = before
    self.after = after
  }
}

/// Connections that will break.
public struct PlannedBreak: Codable, Hashable, Sendable {
  /// `cluster`, or `cluster/member`.
  public var subject: String
  public var reason: String
  /// What flows there now.
  public var packets_per_second: UInt64

  public init(_ subject: String, reason: String, packetsPerSecond: UInt64) {
    self.subject = subject
    self.reason = reason
    packets_per_second = packetsPerSecond
  }
}

/// A table of the datapath, and how many records it has and gets.
public struct PlannedGrowth: Codable, Hashable, Sendable {
  public var table: String
  public var before: Int
  public var after: Int

  public init(_ table: String, before: Int, after: Int) {
    self.table = table
    self.before = before
    self.after = after
  }
}
