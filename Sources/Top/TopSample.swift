public import SwitchModel

/// What the switch said at one time.
public struct TopSample: Hashable, Sendable {
  /// Since some fixed moment; a clock that is never set.
  public var time: Duration
  public var version: VersionRow
  public var ports: [PortRow]
  public var clusters: [ClusterRow]
  public var members: [MemberRow]
  public var routers: [RouterRow]
  public var drops: [DropRow]
  /// Oldest first.
  public var events: [EventRow]

  public init(
    time: Duration, version: VersionRow, ports: [PortRow], clusters: [ClusterRow], members: [MemberRow],
    routers: [RouterRow], drops: [DropRow], events: [EventRow]
  ) {
    self.time = time
    self.version = version
    self.ports = ports
    self.clusters = clusters
    self.members = members
    self.routers = routers
    self.drops = drops
    self.events = events
  }
}
