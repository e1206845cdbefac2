public import Wire

/// A neighbour solicitation or advertisement with its Ethernet and IPv6 headers (RFC 4861 §4.3, §4.4).
public struct NeighbourMessage: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case solicitation
    case advertisement(NeighbourFlags)
  }

  public var destination: MACAddress
  public var source: MACAddress
  public var vlan: VLANID
  public var sourceIP: IPAddress
  public var destinationIP: IPAddress
  public var kind: Kind
  public var target: IPAddress
  /// The source link-layer address option of a solicitation, the target's of an advertisement; nil without one.
  public var linkLayer: MACAddress?

  public init(
    destination: MACAddress, source: MACAddress, vlan: VLANID, sourceIP: IPAddress,
    destinationIP: IPAddress, kind: Kind, target: IPAddress, linkLayer: MACAddress?
  ) {
    self.destination = destination
    self.source = source
    self.vlan = vlan
    self.sourceIP = sourceIP
    self.destinationIP = destinationIP
    self.kind = kind
    self.target = target
    self.linkLayer = linkLayer
  }

  /// Duplicate address detection: a solicitation from `::` (RFC 4862 §5.4.2).
  public var isDuplicateAddressDetection: Bool {
    kind == .solicitation && sourceIP.isUnspecified
  }

  /// A question for `target`: to its solicited-node multicast address, or to the station that had it last.
  public static func solicitation(
    for target: IPAddress, from mac: MACAddress, _ sender: IPAddress, vlan: VLANID,
    to station: MACAddress? = nil
  ) -> NeighbourMessage {
    let group = target.solicitedNodeMulticast
    return NeighbourMessage(
      destination: station ?? group.multicastMAC, source: mac, vlan: vlan, sourceIP: sender,
      destinationIP: station == nil ? group : target, kind: .solicitation, target: target,
      linkLayer: mac)
  }

  /// An answer that `address` is at `mac`, sent as if by its owner.
  public static func answer(
    _ address: IPAddress, at mac: MACAddress, isRouter: Bool, vlan: VLANID, to asker: MACAddress,
    _ askerIP: IPAddress
  ) -> NeighbourMessage {
    NeighbourMessage(
      destination: asker, source: mac, vlan: vlan, sourceIP: address, destinationIP: askerIP,
      kind: .advertisement(NeighbourFlags(isRouter: isRouter, isSolicited: true, overrides: true)),
      target: address, linkLayer: mac)
  }

  /// The unsolicited advertisement of RFC 4861 §7.2.6, to all nodes, replacing what they know.
  public static func announcement(
    of address: IPAddress, at mac: MACAddress, isRouter: Bool = false, vlan: VLANID
  ) -> NeighbourMessage {
    NeighbourMessage(
      destination: IPAddress.allNodes.multicastMAC, source: mac, vlan: vlan, sourceIP: address,
      destinationIP: .allNodes,
      kind: .advertisement(NeighbourFlags(isRouter: isRouter, isSolicited: false, overrides: true)),
      target: address, linkLayer: mac)
  }
}

/// R, S and O of an advertisement (RFC 4861 §4.4).
public struct NeighbourFlags: Hashable, Sendable {
  public var isRouter: Bool
  public var isSolicited: Bool
  public var overrides: Bool

  public init(isRouter: Bool, isSolicited: Bool, overrides: Bool) {
    self.isRouter = isRouter
    self.isSolicited = isSolicited
    self.overrides = overrides
  }
}
