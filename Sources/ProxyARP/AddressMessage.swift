public import Wire

/// A message about who has an address, in the terms that IPv4 and IPv6 share (X1).
public enum AddressMessage: Hashable, Sendable {
  case arp(ARPPacket)
  case neighbour(NeighbourMessage)

  /// - Parameter bytes: a frame from its destination MAC on.
  /// - Throws: why it is neither a valid ARP packet nor a valid neighbour solicitation or advertisement.
  public init(parsing bytes: borrowing Span<UInt8>) throws(FrameError) {
    let header = try FrameHeader(parsing: bytes)
    switch header.etherType {
    case ARPPacket.etherType: self = .arp(try ARPPacket(header, bytes))
    case NeighbourMessage.etherType: self = .neighbour(try NeighbourMessage(header, bytes))
    default:
      throw FrameError(.etherType, at: header.length - 2, .value(UInt64(header.etherType)))
    }
  }

  public init(parsing bytes: [UInt8]) throws(FrameError) { try self.init(parsing: bytes.span) }

  public var vlan: VLANID {
    switch self {
    case .arp(let packet): packet.vlan
    case .neighbour(let message): message.vlan
    }
  }

  /// The Ethernet source.
  public var source: MACAddress {
    switch self {
    case .arp(let packet): packet.source
    case .neighbour(let message): message.source
    }
  }

  /// What it asks; nil for answers and announcements.
  public var question: AddressQuestion? {
    switch self {
    case .arp(let packet):
      guard packet.kind == .request || packet.kind == .probe else { return nil }
      return AddressQuestion(
        vlan: packet.vlan, askerMAC: packet.senderMAC, askerIP: packet.senderIP,
        target: packet.targetIP)
    case .neighbour(let message):
      guard message.kind == .solicitation else { return nil }
      return AddressQuestion(
        vlan: message.vlan, askerMAC: message.linkLayer ?? message.source,
        askerIP: message.sourceIP, target: message.target)
    }
  }

  /// Whose question it answers; nil for questions, and for announcements, which are for all.
  var answeredMAC: MACAddress? {
    switch self {
    case .arp(let packet):
      return packet.kind == .reply && !packet.destination.isMulticast ? packet.destination : nil
    case .neighbour(let message):
      guard case .advertisement = message.kind, !message.destination.isMulticast else { return nil }
      return message.destination
    }
  }

  /// What it says about its sender; nil if nothing.
  public var binding: AddressBinding? {
    switch self {
    case .arp(let packet):
      guard !packet.senderIP.isUnspecified else { return nil }
      return AddressBinding(
        vlan: packet.vlan, address: packet.senderIP, mac: packet.senderMAC, flags: nil)
    case .neighbour(let message):
      switch message.kind {
      case .solicitation:
        guard !message.sourceIP.isUnspecified, let mac = message.linkLayer else { return nil }
        return AddressBinding(vlan: message.vlan, address: message.sourceIP, mac: mac, flags: nil)
      case .advertisement(let flags):
        return AddressBinding(
          vlan: message.vlan, address: message.target, mac: message.linkLayer, flags: flags)
      }
    }
  }
}

/// Somebody wants to know the MAC of `target`.
public struct AddressQuestion: Hashable, Sendable {
  public var vlan: VLANID
  public var askerMAC: MACAddress
  /// Unspecified in an ARP probe and in duplicate address detection.
  public var askerIP: IPAddress
  public var target: IPAddress

  public init(vlan: VLANID, askerMAC: MACAddress, askerIP: IPAddress, target: IPAddress) {
    self.vlan = vlan
    self.askerMAC = askerMAC
    self.askerIP = askerIP
    self.target = target
  }
}

/// Somebody says that `address` is at `mac`.
public struct AddressBinding: Hashable, Sendable {
  public var vlan: VLANID
  public var address: IPAddress
  /// Nil in an advertisement without link-layer address: it only confirms what the asker knows (RFC 4861 §7.2.4).
  public var mac: MACAddress?
  /// Those of an advertisement; nil for all other messages.
  public var flags: NeighbourFlags?

  public init(vlan: VLANID, address: IPAddress, mac: MACAddress?, flags: NeighbourFlags?) {
    self.vlan = vlan
    self.address = address
    self.mac = mac
    self.flags = flags
  }
}
