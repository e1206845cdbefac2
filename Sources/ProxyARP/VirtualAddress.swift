public import Wire

/// A cluster's address with the virtual MAC that the switch answers for it (H3).
public struct VirtualAddress: Hashable, Sendable {
  public var vlan: VLANID
  public var address: IPAddress
  public var mac: MACAddress

  public init(vlan: VLANID, address: IPAddress, mac: MACAddress) {
    self.vlan = vlan
    self.address = address
    self.mac = mac
  }

  /// The frame that tells everybody: the ARP announcement of RFC 5227 §2.3, or the unsolicited advertisement of
  /// RFC 4861 §7.2.6.
  public var announcement: [UInt8] {
    address.isIPv6
      ? NeighbourMessage.announcement(of: address, at: mac, vlan: vlan).frame
      : ARPPacket.announcement(of: address, at: mac, vlan: vlan).frame
  }
}
