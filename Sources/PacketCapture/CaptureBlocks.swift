/// Cuts what a daemon streams into whole blocks, so that a capture that is broken off is a whole file all the same.
public struct CaptureBlocks: Sendable {
  private var rest: [UInt8] = []
  /// Packets in the blocks that were handed out.
  public private(set) var packets: UInt64 = 0
  /// Packets that the capture missed until then.
  public private(set) var missed: UInt64 = 0

  public init() {}

  /// The blocks that these bytes complete.
  /// - Throws: what comes is not what `PacketFile` writes.
  public mutating func add(_ bytes: [UInt8]) throws(CaptureFileError) -> [UInt8] {
    rest += bytes
    var end = 0
    while rest.count - end >= 12 {
      let words = Words(bytes: Array(rest[end..<end + 12]), isBig: false)
      let length = Int(words.u32(4))
      guard length >= 12, length % 4 == 0, length <= CaptureReader<MemorySource>.largestBlock else {
        throw CaptureFileError(offset: 0, "the daemon sends a block of \(length) bytes")
      }
      guard rest.count - end >= length else { break }
      count(
        words.u32(0), Words(bytes: Array(rest[end + length - min(length, 40)..<end + length]), isBig: false))
      end += length
    }
    defer { rest.removeFirst(end) }
    return Array(rest[..<end])
  }

  /// `tail`: the block's last bytes. The last option is the packet's number, or the count of those missed.
  private mutating func count(_ type: UInt32, _ tail: Words) {
    let last = tail.bytes.count - 16
    guard last >= 4 else { return }
    let code = tail.u16(last - 4)
    switch type {
    case BlockType.enhancedPacket where code == OptionCode.packetID: packets = tail.u64(last)
    case BlockType.statistics where code == OptionCode.missed: missed = tail.u64(last)
    default: break
    }
  }
}
