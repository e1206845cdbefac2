/// A pool's router, as the datapath is told of it.
public struct RouterEntry: Hashable, Sendable {
  /// The router's own MAC, and the port that it is behind; nil: not resolved, frames for it are dropped.
  public var link: MemberLink?
  /// The pool (index of its cluster) whose buckets take the servers' IPv4 frames instead of the router (H10); nil: the
  /// router takes them itself.
  public var steerIPv4: Int?
  /// The same for IPv6.
  public var steerIPv6: Int?
  /// Its router advertisements are dropped.
  public var isDead: Bool

  public init(link: MemberLink?, steerIPv4: Int? = nil, steerIPv6: Int? = nil, isDead: Bool = false) {
    self.link = link
    self.steerIPv4 = steerIPv4
    self.steerIPv6 = steerIPv6
    self.isDead = isDead
  }
}
