import CTables
public import Forwarding
public import Wire

/// A frame that the tap showed: what became of it, and its first bytes as they leave.
public struct TapSample: Sendable {
  /// The destination MAC that it came with.
  public var destination: MACAddress
  /// Bytes of the frame that came.
  public var length: Int
  public var port: Int
  public var outcome: Outcome
  /// At most `FS_TAP_BYTES`.
  public var bytes: [UInt8]

  public enum Outcome: Hashable, Sendable {
    case forwarded(port: Int)
    case flooded
    case replied
    case dropped(Reason)
    case punted(Reason)
  }

  /// A record of the ring. Nil if it is not one.
  init?(_ record: UnsafeRawBufferPointer) {
    let size = MemoryLayout<fs_tap_event>.size
    guard record.count >= size else { return nil }
    let event = record.loadUnaligned(as: fs_tap_event.self)
    guard let outcome = Outcome(action: event.action, out: event.out) else { return nil }
    self.outcome = outcome
    let tag = RecordTag(action: event.action, destination: event.destination)
    destination = MACAddress(raw: event.destination & 0xffff_ffff_ffff)
    length = Int(event.length)
    port = Int(event.port)
    bytes = tag.frame(record, from: size, upTo: Int(min(event.length, FS_TAP_BYTES)))
  }

  init(destination: MACAddress, length: Int, port: Int, outcome: Outcome, bytes: [UInt8]) {
    self.destination = destination
    self.length = length
    self.port = port
    self.outcome = outcome
    self.bytes = bytes
  }
}

extension TapSample.Outcome {
  /// `action`: FS_TAP_* in the lower half, the reason in the upper.
  init?(action: UInt32, out: UInt32) {
    let reason = Reason(rawValue: UInt8(truncatingIfNeeded: action >> 16))
    switch action & 0xff {
    case FS_TAP_FORWARD: self = .forwarded(port: Int(out))
    case FS_TAP_FLOOD: self = .flooded
    case FS_TAP_REPLY: self = .replied
    case FS_TAP_DROP:
      guard let reason else { return nil }
      self = .dropped(reason)
    case FS_TAP_PUNT:
      guard let reason else { return nil }
      self = .punted(reason)
    default: return nil
    }
  }
}

/// An open tap; closed when `close` is called. What it misses, because the reader was too slow, it counts.
public protocol Tap: AnyObject, Sendable {
  var missed: UInt64 { get }
  func close()
}
