public import Wire

/// A neighbour that members asked for, as the datapath answers it.
public struct NeighbourRecord: Hashable, Sendable {
  public var vlan: VLANID
  public var address: IPAddress
  public var mac: MACAddress
  /// The last advertisement said so (IPv6); false for IPv4.
  public var isRouter: Bool

  public init(vlan: VLANID, address: IPAddress, mac: MACAddress, isRouter: Bool) {
    self.vlan = vlan
    self.address = address
    self.mac = mac
    self.isRouter = isRouter
  }
}
