public import Wire

/// An `arp` or `nd` probe wants to be sent: a question for the address, to the job's member alone.
public struct NeighbourProbeRequest: Hashable, Sendable {
  public var address: IPAddress
  /// The member's MAC, if it is known: the question may go to it alone.
  public var mac: MACAddress?
  /// Where the target names them.
  public var port: Int?
  public var vlan: VLANID?

  public init(address: IPAddress, mac: MACAddress?, port: Int?, vlan: VLANID?) {
    self.address = address
    self.mac = mac
    self.port = port
    self.vlan = vlan
  }
}
