/// Writes a capture as pcapng: little-endian, one section, times in nanoseconds. It makes bytes; where they go is the
/// caller's matter.
public struct PcapNGWriter: Sendable {
  private let snapLength: UInt32
  private var interfaces = 0

  /// - Parameter snapLength: bytes of a frame kept at the most.
  public init(snapLength: Int) { self.snapLength = UInt32(clamping: snapLength) }

  /// The Section Header Block, with which the file begins.
  public func header(hardware: String, operatingSystem: String, application: String) -> [UInt8] {
    var block = Block(BlockType.section)
    block.add(UInt32(0x1a2b_3c4d))
    block.add(UInt16(1))
    block.add(UInt16(0))
    // Length of the section: not known.
    block.add(UInt64.max)
    block.option(OptionCode.hardware, hardware)
    block.option(OptionCode.operatingSystem, operatingSystem)
    block.option(OptionCode.application, application)
    return block.finished()
  }

  /// An Interface Description Block; the next interface's number is one more, from 0.
  public mutating func interface(name: String, description: String) -> [UInt8] {
    interfaces += 1
    var block = Block(BlockType.interface)
    block.add(CaptureInterface.ethernet)
    block.add(UInt16(0))
    block.add(snapLength)
    block.option(OptionCode.name, name)
    block.option(OptionCode.interfaceDescription, description)
    block.option(OptionCode.resolution, [9])
    return block.finished()
  }

  /// An Enhanced Packet Block. The interface must have been written.
  public func frame(_ frame: CaptureFrame) -> [UInt8] {
    var block = Block(BlockType.enhancedPacket)
    block.add(UInt32(clamping: frame.interface))
    block.add(time: frame.time ?? 0)
    let kept = snapLength == 0 ? frame.bytes.count : min(frame.bytes.count, Int(snapLength))
    block.add(UInt32(clamping: kept))
    block.add(UInt32(clamping: max(frame.originalLength, kept)))
    block.add(frame.bytes.prefix(kept))
    for comment in frame.comments { block.option(OptionCode.comment, comment) }
    if frame.direction != .unknown { block.option(OptionCode.flags, bytes(frame.direction.rawValue)) }
    if let count = frame.dropCount { block.option(OptionCode.dropCount, bytes(count)) }
    if let id = frame.packetID { block.option(OptionCode.packetID, bytes(id)) }
    return block.finished()
  }

  /// An Interface Statistics Block. `time`: nanoseconds since 1970.
  public func statistics(_ statistics: CaptureStatistics, time: UInt64) -> [UInt8] {
    var block = Block(BlockType.statistics)
    block.add(UInt32(clamping: statistics.interface))
    block.add(time: time)
    if let count = statistics.received { block.option(OptionCode.received, bytes(count)) }
    if let count = statistics.missed { block.option(OptionCode.missed, bytes(count)) }
    return block.finished()
  }
}

private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// A block in the making.
private struct Block {
  private var content: [UInt8] = []
  private var hasOptions = false

  init(_ type: UInt32) {
    add(type)
    add(UInt32(0))
  }

  mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { content.append(contentsOf: $0) }
  }

  /// Upper half first, whatever the order of the bytes.
  mutating func add(time: UInt64) {
    add(UInt32(truncatingIfNeeded: time >> 32))
    add(UInt32(truncatingIfNeeded: time))
  }

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    content += bytes
    while content.count % 4 != 0 { content.append(0) }
  }

  mutating func option(_ code: UInt16, _ value: [UInt8]) {
    hasOptions = true
    add(code)
    add(UInt16(clamping: value.count))
    add(value.prefix(Int(UInt16.max)))
  }

  /// Texts of more than 4096 bytes are shortened, at a character; empty ones left out.
  mutating func option(_ code: UInt16, _ text: String) {
    var text = text[...]
    while text.utf8.count > 4096 { text = text.prefix(min(text.count - 1, 4096)) }
    if !text.isEmpty { option(code, Array(text.utf8)) }
  }

  consuming func finished() -> [UInt8] {
    if hasOptions { add(UInt32(0)) }
    let length = UInt32(clamping: content.count + 4)
    content.replaceSubrange(4..<8, with: bytes(length))
    add(length)
    return content
  }
}
