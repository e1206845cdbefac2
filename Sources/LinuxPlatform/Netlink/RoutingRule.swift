/// A rule by which packets find their routing table.
public struct RoutingRule: Hashable, Sendable {
  /// What becomes of a packet that matches.
  public enum Action: Hashable, Sendable {
    /// It is looked up in `table`, and goes on to the next rule if that has no route.
    case lookUp
    /// It goes on at the first rule of that priority, which is a higher number than the rule's own. As long as there is
    /// none, the rule does nothing.
    case goTo(UInt32)
    /// Nothing: a place to go to.
    case pass
    /// Something else, by its number (`FR_ACT_…`, linux/fib_rules.h).
    case other(UInt8)
  }

  public var isIPv6: Bool
  /// What a socket sets with `SO_MARK`. Nil: the rule matches by something else, or everything.
  public var mark: UInt32?
  /// Which bits of the mark count.
  public var mask: UInt32
  /// Matches the packets that do not have the mark.
  public var isInverted: Bool
  public var action: Action
  /// Of `lookUp`, else 0.
  public var table: UInt32
  /// Lower goes first. The kernel's own: 0 local, 32766 main, 32767 default. Several rules may have the same; then the
  /// one added first goes first.
  public var priority: UInt32
  public var origin: RouteOrigin

  public init(
    isIPv6: Bool, mark: UInt32?, mask: UInt32 = .max, isInverted: Bool = false, action: Action = .lookUp,
    table: UInt32 = 0, priority: UInt32, origin: RouteOrigin = .flowSwitch
  ) {
    self.isIPv6 = isIPv6
    self.mark = mark
    self.mask = mask
    self.isInverted = isInverted
    self.action = action
    self.table = table
    self.priority = priority
    self.origin = origin
  }
}
