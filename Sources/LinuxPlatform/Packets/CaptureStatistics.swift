/// Counts since the capture was opened. They are 32 bits wide in libpcap, and wrap.
public struct CaptureStatistics: Hashable, Sendable {
  /// Frames that passed the filter, those dropped included.
  public var received: Int
  /// Frames for which the buffer had no room: the reader was too slow.
  public var dropped: Int
  /// Frames that the device or its driver dropped, where it tells; not those of the capture alone.
  public var droppedByInterface: Int

  public init(received: Int, dropped: Int, droppedByInterface: Int) {
    self.received = received
    self.dropped = dropped
    self.droppedByInterface = droppedByInterface
  }
}
