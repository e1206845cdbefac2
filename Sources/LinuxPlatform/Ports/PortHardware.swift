/// What a driver says of itself.
public struct PortHardware: Hashable, Sendable {
  /// `ixgbe`, `veth`, `virtio_net`…
  public var driver: String?
  /// Mb/s. Nil: unknown, as of an unplugged NIC and of most virtual ones.
  public var speedMegabits: Int?
  /// Pairs of receive and transmit queues that it could have.
  public var maximumQueues: Int?
  /// Pairs that it has.
  public var queues: Int?

  public init(driver: String?, speedMegabits: Int?, maximumQueues: Int?, queues: Int?) {
    self.driver = driver
    self.speedMegabits = speedMegabits
    self.maximumQueues = maximumQueues
    self.queues = queues
  }
}
