public import Wire

/// An entry of the ARP or neighbour discovery cache: which MAC an address has on an interface.
public struct Neighbour: Hashable, Sendable {
  public var interface: UInt32
  public var address: IPAddress
  /// Nil while it is being resolved, and after that failed.
  public var mac: MACAddress?
  public var state: NeighbourState

  public init(interface: UInt32, address: IPAddress, mac: MACAddress?, state: NeighbourState = .permanent) {
    self.interface = interface
    self.address = address
    self.mac = mac
    self.state = state
  }
}
