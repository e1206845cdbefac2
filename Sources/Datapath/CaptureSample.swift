/// A frame that a capture saw, before and after the pipeline.
public struct CaptureSample: Sendable {
  /// CLOCK_MONOTONIC, ns.
  public var time: UInt64
  /// Bytes of the frame that came.
  public var length: Int
  public var port: Int
  public var outcome: TapSample.Outcome
  public var note: PacketNote
  /// As it came, or its beginning. Empty for what was answered by the kernel's program: the answer took its place.
  public var before: [UInt8]
  /// The same bytes as they leave, but for a tag that is added or removed afterwards; nil if it is not forwarded.
  public var after: [UInt8]?
}
