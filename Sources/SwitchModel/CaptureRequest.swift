/// What a capture shall show.
public struct CaptureRequest: Hashable, Sendable {
  /// Bytes of a frame that are kept.
  public static let snap = 1...65535
  public static let defaultSnap = 256

  /// Ports that packets come in on, by name; empty: all.
  public var ports: [String]
  /// In libpcap's language (pcap-filter(7)): packets that match as they came or as they leave. Empty: all.
  public var filter: String
  public var snap: Int
  /// So many packets; nil: until the reader has enough.
  public var count: Int?

  public init(
    ports: [String] = [], filter: String = "", snap: Int = CaptureRequest.defaultSnap, count: Int? = nil
  ) {
    self.ports = ports
    self.filter = filter
    self.snap = snap
    self.count = count
  }
}

/// Packets of a capture, in their order, as far as they came since the last ones.
public struct CaptureBatch: Hashable, Sendable {
  /// None now and then, where nothing happens.
  public var packets: [CapturedPacket]
  /// Packets that the capture has missed since it began, because its reader was too slow.
  public var missed: UInt64

  public init(packets: [CapturedPacket], missed: UInt64) {
    self.packets = packets
    self.missed = missed
  }
}
