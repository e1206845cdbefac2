/// An Interface Statistics Block: what an interface counted until then.
public struct CaptureStatistics: Hashable, Sendable {
  public var interface: Int
  /// Frames that came (`isb_ifrecv`).
  public var received: UInt64?
  /// Frames that the capture missed (`isb_osdrop`).
  public var missed: UInt64?

  public init(interface: Int, received: UInt64? = nil, missed: UInt64? = nil) {
    self.interface = interface
    self.received = received
    self.missed = missed
  }
}
