/// How many frames a port's rings hold, and could hold.
public struct RingSizes: Hashable, Sendable {
  public var receive: Int
  public var maximumReceive: Int
  public var transmit: Int
  public var maximumTransmit: Int

  public init(receive: Int, maximumReceive: Int, transmit: Int, maximumTransmit: Int) {
    self.receive = receive
    self.maximumReceive = maximumReceive
    self.transmit = transmit
    self.maximumTransmit = maximumTransmit
  }
}
