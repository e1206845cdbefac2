public import Wire

/// An ARP packet for IPv4 over Ethernet with its Ethernet header (RFC 826).
public struct ARPPacket: Hashable, Sendable {
  public enum Operation: UInt16, Hashable, Sendable {
    case request = 1
    case reply = 2
  }

  /// What RFC 5227 §1.1 calls the packet.
  public enum Kind: Hashable, Sendable {
    /// A request from 0.0.0.0: is the target address in use? Changes nobody's cache.
    case probe
    /// A request or reply whose sender and target address are the same ("gratuitous ARP").
    case announcement
    case request
    case reply
  }

  /// Ethernet addresses; they may differ from those within.
  public var destination: MACAddress
  public var source: MACAddress
  public var vlan: VLANID
  public var operation: Operation
  public var senderMAC: MACAddress
  /// The two addresses are IPv4.
  public var senderIP: IPAddress
  public var targetMAC: MACAddress
  public var targetIP: IPAddress

  public init(
    destination: MACAddress, source: MACAddress, vlan: VLANID, operation: Operation,
    senderMAC: MACAddress, senderIP: IPAddress, targetMAC: MACAddress, targetIP: IPAddress
  ) {
    self.destination = destination
    self.source = source
    self.vlan = vlan
    self.operation = operation
    self.senderMAC = senderMAC
    self.senderIP = senderIP
    self.targetMAC = targetMAC
    self.targetIP = targetIP
  }

  public var kind: Kind {
    if operation == .request, senderIP.isUnspecified { return .probe }
    if senderIP == targetIP { return .announcement }
    return operation == .request ? .request : .reply
  }

  /// A question for `target`. With the sender address 0.0.0.0 it is a probe.
  public static func request(
    for target: IPAddress, from mac: MACAddress, _ sender: IPAddress = IPAddress(0, 0, 0, 0),
    vlan: VLANID, to destination: MACAddress = .broadcast
  ) -> ARPPacket {
    ARPPacket(
      destination: destination, source: mac, vlan: vlan, operation: .request, senderMAC: mac,
      senderIP: sender, targetMAC: .zero, targetIP: target)
  }

  /// An answer that `address` is at `mac`, sent as if by its owner.
  public static func reply(
    _ address: IPAddress, at mac: MACAddress, vlan: VLANID, to asker: MACAddress, _ askerIP: IPAddress
  ) -> ARPPacket {
    ARPPacket(
      destination: asker, source: mac, vlan: vlan, operation: .reply, senderMAC: mac,
      senderIP: address, targetMAC: asker, targetIP: askerIP)
  }

  /// The announcement of RFC 5227 §2.3: a broadcast request, sender and target address the same.
  public static func announcement(
    of address: IPAddress, at mac: MACAddress, vlan: VLANID
  ) -> ARPPacket {
    request(for: address, from: mac, address, vlan: vlan)
  }
}
