/// A frame in a capture's buffer, as it was on the wire: with its 802.1Q tags, without its check sequence.
public struct CapturedFrame {
  /// Valid only while the closure that was given it runs.
  public let bytes: UnsafeRawBufferPointer
  /// Bytes on the wire; more than `bytes` has when the frame was longer than the snapshot length.
  public let originalLength: Int
  let seconds: Int64
  let nanoseconds: Int64

  /// When the kernel got it, since 1970.
  public var timestamp: Duration { .seconds(seconds) + .nanoseconds(nanoseconds) }

  public var isTruncated: Bool { originalLength > bytes.count }
}
