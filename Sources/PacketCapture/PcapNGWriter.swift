/// Writes a capture as pcapng: little-endian, one section, times in nanoseconds. It makes bytes; where they go is the
/// caller's matter.
public struct PcapNGWriter: Sendable {
  private let snapLength: UInt32
  private var interfaces = 0

  /// - Parameter snapLength: bytes of a frame kept at the most.
  public init(snapLength: Int) { self.snapLength = UInt32(clamping: snapLength) }

  /// The Section Header Block, with which the file begins.
  public func header(hardware: String, operatingSystem: String, application: String) -> [UInt8] {
    var block = PcapNGBlock(BlockType.section)
    block.add(UInt32(0x1a2b_3c4d))
    block.add(UInt16(1))
    block.add(UInt16(0))
    // Length of the section: not known.
    block.add(UInt64.max)
    block.option(OptionCode.hardware, hardware)
    block.option(OptionCode.operatingSystem, operatingSystem)
    block.option(OptionCode.application, application)
    return block.finish()
  }

  /// An Interface Description Block; the next interface's number is one more, from 0.
  public mutating func interface(name: String, description: String) -> [UInt8] {
    interfaces += 1
    var block = PcapNGBlock(BlockType.interface)
    block.add(CaptureInterface.ethernet)
    block.add(UInt16(0))
    block.add(snapLength)
    block.option(OptionCode.name, name)
    block.option(OptionCode.interfaceDescription, description)
    block.option(OptionCode.resolution, UInt8(9))
    return block.finish()
  }

  /// An Enhanced Packet Block. The interface must have been written.
  public func frame(_ frame: CaptureFrame) -> [UInt8] {
    var bytes: [UInt8] = []
    add(frame, to: &bytes)
    return bytes
  }

  /// The same, behind what is there.
  public func add(_ frame: CaptureFrame, to output: inout [UInt8]) {
    var block = PcapNGBlock(BlockType.enhancedPacket, behind: output)
    output = []
    block.add(UInt32(clamping: frame.interface))
    block.add(time: frame.time ?? 0)
    let kept = snapLength == 0 ? frame.bytes.count : min(frame.bytes.count, Int(snapLength))
    block.add(UInt32(clamping: kept))
    block.add(UInt32(clamping: max(frame.originalLength, kept)))
    block.add(frame.bytes, kept)
    for comment in frame.comments { block.option(OptionCode.comment, comment) }
    if frame.direction != .unknown { block.option(OptionCode.flags, frame.direction.rawValue) }
    if let count = frame.dropCount { block.option(OptionCode.dropCount, count) }
    if let id = frame.packetID { block.option(OptionCode.packetID, id) }
    output = block.finish()
  }

  /// An Interface Statistics Block. `time`: nanoseconds since 1970.
  public func statistics(_ statistics: CaptureStatistics, time: UInt64) -> [UInt8] {
    var block = PcapNGBlock(BlockType.statistics)
    block.add(UInt32(clamping: statistics.interface))
    block.add(time: time)
    if let count = statistics.received { block.option(OptionCode.received, count) }
    if let count = statistics.missed { block.option(OptionCode.missed, count) }
    return block.finish()
  }
}
