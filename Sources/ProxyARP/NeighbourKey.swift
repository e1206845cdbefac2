public import Wire

/// An address where it lives.
public struct NeighbourKey: Hashable, Sendable {
  public var vlan: VLANID
  public var address: IPAddress

  public init(vlan: VLANID, address: IPAddress) {
    self.vlan = vlan
    self.address = address
  }
}
