public import Wire

/// A way to one member: packets to the address, from a socket with the member's mark, leave in frames to the MAC.
public struct ProbeRoute: Hashable, Sendable {
  /// The member's number in the tables, 1...2^18 - 1.
  public var member: Int
  /// The address, which members of a cluster share.
  public var address: IPAddress
  /// Where frames go: the member's probe MAC.
  public var mac: MACAddress
  /// What is sent from, where the socket does not say; an address of the host. Nil: the kernel's choice.
  public var source: IPAddress?

  public init(member: Int, address: IPAddress, mac: MACAddress, source: IPAddress? = nil) {
    self.member = member
    self.address = address
    self.mac = mac
    self.source = source
  }
}
