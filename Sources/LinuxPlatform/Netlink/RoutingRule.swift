/// A rule that sends packets with a mark to a routing table.
public struct RoutingRule: Hashable, Sendable {
  public var isIPv6: Bool
  /// What a socket sets with `SO_MARK`. Nil: the rule matches by something else, or everything.
  public var mark: UInt32?
  /// Which bits of the mark count.
  public var mask: UInt32
  public var table: UInt32
  /// Lower goes first. The kernel's own: 0 local, 32766 main, 32767 default.
  public var priority: UInt32
  public var origin: RouteOrigin

  public init(
    isIPv6: Bool, mark: UInt32?, mask: UInt32 = .max, table: UInt32, priority: UInt32,
    origin: RouteOrigin = .flowSwitch
  ) {
    self.isIPv6 = isIPv6
    self.mark = mark
    self.mask = mask
    self.table = table
    self.priority = priority
    self.origin = origin
  }
}
