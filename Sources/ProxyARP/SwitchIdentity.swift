public import Wire

/// What the switch itself is called on the wire, and which MACs can therefore be nobody else's.
public struct SwitchIdentity: Hashable, Sendable {
  /// The MAC with which the switch asks. Unicast.
  public var mac: MACAddress
  /// The switch's own address with its prefix length, if it has one, and the VLAN where it lives.
  public var address: IPPrefix?
  public var vlan: VLANID
  /// The virtual MACs: `virtualCount` from this one on.
  public var virtualMAC: MACAddress
  public var virtualCount: Int

  public init(
    mac: MACAddress, address: IPPrefix? = nil, vlan: VLANID = .untagged, virtualMAC: MACAddress,
    virtualCount: Int
  ) {
    self.mac = mac
    self.address = address
    self.vlan = vlan
    self.virtualMAC = virtualMAC
    self.virtualCount = virtualCount
  }

  /// The link-local address from which the switch asks its IPv6 neighbours.
  public var linkLocal: IPAddress { .linkLocal(of: mac) }

  public func isVirtual(_ mac: MACAddress) -> Bool {
    mac.number >= virtualMAC.number && mac.number - virtualMAC.number < UInt64(max(virtualCount, 0))
  }

  /// Why a MAC that somebody claims cannot be right; nil if it can. RFC 1812 §3.3.2 forbids to believe an ARP answer
  /// with a broadcast or multicast MAC.
  public func refusal(of mac: MACAddress) -> MACRefusal? {
    if mac == .zero { return .zero }
    if mac.isMulticast { return .multicast }
    if mac == self.mac { return .ownMAC }
    return isVirtual(mac) ? .virtualMAC : nil
  }

  /// True for the switch's own address and its link-local one.
  func owns(_ target: IPAddress, on vlan: VLANID) -> Bool {
    target == linkLocal || (target == address?.address && vlan == self.vlan)
  }

  /// The frame that asks for `target`, to all or to the station that had it last. It changes nobody's cache for an
  /// address that members share: the sender is the switch's own address where target and VLAN are its neighbours,
  /// else 0.0.0.0 (RFC 5227 §1.1); in IPv6 always its link-local one.
  public func query(_ target: IPAddress, vlan: VLANID, to station: MACAddress? = nil) -> [UInt8] {
    if target.isIPv6 {
      return NeighbourMessage.solicitation(
        for: target, from: mac, linkLocal, vlan: vlan, to: station
      ).frame
    }
    return ARPPacket.request(
      for: target, from: mac, arpSender(for: target, on: vlan), vlan: vlan,
      to: station ?? .broadcast
    ).frame
  }

  func arpSender(for target: IPAddress, on vlan: VLANID) -> IPAddress {
    guard let address, vlan == self.vlan, address.contains(target), address.address != target else {
      return IPAddress(0, 0, 0, 0)
    }
    return address.address
  }
}

/// Why a claimed MAC is not believed. The raw values are the names in logs and JSON.
public enum MACRefusal: String, Hashable, Sendable {
  case zero = "zero-mac"
  case multicast = "multicast-mac"
  case virtualMAC = "virtual-mac"
  case ownMAC = "own-mac"
  /// Another member of the cluster answers with it (H13: one MAC a member).
  case otherMember = "mac-of-other-member"
}
