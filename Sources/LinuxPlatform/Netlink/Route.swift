public import Wire

/// A unicast route.
public struct Route: Hashable, Sendable {
  /// `0.0.0.0/0` or `::/0` for the default route; the length tells the family as well.
  public var destination: IPPrefix
  public var gateway: IPAddress?
  /// What packets are sent from, where their sender does not say (`RTA_PREFSRC`); an address of the host.
  public var source: IPAddress?
  /// The interface it leaves by; 0 where it has several next hops.
  public var interface: UInt32
  /// 254 is the main table. Numbers above 255 are as good.
  public var table: UInt32
  /// The gateway is a neighbour, though no address of the interface says so.
  public var isOnLink: Bool
  /// Lower wins. 0: the kernel's default (1024 for IPv6).
  public var metric: UInt32
  public var origin: RouteOrigin

  public init(
    destination: IPPrefix, gateway: IPAddress? = nil, source: IPAddress? = nil, interface: UInt32,
    table: UInt32 = 254, isOnLink: Bool = false, metric: UInt32 = 0, origin: RouteOrigin = .flowSwitch
  ) {
    self.destination = destination
    self.gateway = gateway
    self.source = source
    self.interface = interface
    self.table = table
    self.isOnLink = isOnLink
    self.metric = metric
    self.origin = origin
  }
}
