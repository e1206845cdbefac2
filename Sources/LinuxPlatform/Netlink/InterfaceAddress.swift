public import Wire

/// An address of an interface.
public struct InterfaceAddress: Hashable, Sendable {
  public var interface: UInt32
  /// The address with the length of its network's prefix.
  public var address: IPPrefix
  /// Configured, not learned from router advertisements or DHCP with a lifetime.
  public var isPermanent: Bool
  /// Reaches no further than the link (`fe80::/10`, scope link).
  public var isLinkLocal: Bool
  /// Still being checked for duplicates, or found to be one (RFC 4862 §5.4): not usable.
  public var isTentative: Bool

  public init(
    interface: UInt32, address: IPPrefix, isPermanent: Bool = true, isLinkLocal: Bool = false,
    isTentative: Bool = false
  ) {
    self.interface = interface
    self.address = address
    self.isPermanent = isPermanent
    self.isLinkLocal = isLinkLocal
    self.isTentative = isTentative
  }
}
