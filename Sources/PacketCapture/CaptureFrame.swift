/// A frame of a capture file.
public struct CaptureFrame: Hashable, Sendable {
  /// Which way the frame went, as `epb_flags` says.
  public enum Direction: UInt32, Sendable {
    case unknown = 0
    case inbound = 1
    case outbound = 2
  }

  /// Among the file's interfaces, counted over all its sections.
  public var interface: Int
  /// Nanoseconds since 1970; nil where the file has none (Simple Packet Block).
  public var time: UInt64?
  /// Bytes on the wire.
  public var originalLength: Int
  public var bytes: [UInt8]
  public var direction = Direction.unknown
  /// `epb_packetid`: the same packet at several interfaces has the same.
  public var packetID: UInt64?
  /// `epb_dropcount`: frames lost between this one and the one before it at the interface.
  public var dropCount: UInt64?
  public var comments: [String] = []

  public init(interface: Int, time: UInt64?, originalLength: Int, bytes: [UInt8]) {
    self.interface = interface
    self.time = time
    self.originalLength = originalLength
    self.bytes = bytes
  }
}
