public import Wire

/// Addresses on a VLAN that are never asked for: the clusters' own.
public struct ReservedPrefix: Hashable, Sendable {
  public var vlan: VLANID
  public var prefix: IPPrefix

  public init(vlan: VLANID, prefix: IPPrefix) {
    self.vlan = vlan
    self.prefix = prefix
  }
}
