/// Reads a capture file: pcap (either byte order, µs or ns) and pcapng (either byte order, several sections).
///
/// Blocks that it does not know are skipped. Every length is checked against what is there; a file that lies ends in an
/// error that says where. Memory: one block of at most 16 MiB, and the interfaces.
public struct CaptureReader<Source: ByteSource> {
  public enum Format: String, Sendable {
    case pcap
    case pcapng
  }

  public private(set) var format = Format.pcapng
  /// Of all sections so far.
  public private(set) var interfaces: [CaptureInterface] = []
  var input: BufferedBytes<Source>
  var isBig = false
  /// Where this section's interfaces begin.
  var firstInterface = 0
  private var announced = 0
  private var ended = false

  static var largestBlock: Int { 16 << 20 }
  static var largestFrame: Int { 256 << 10 }
  static var mostInterfaces: Int { 65536 }

  /// Bytes read so far.
  public var offset: UInt64 { input.offset }

  /// Reads as far as to know which format it is.
  public init(_ source: Source) throws(CaptureFileError) {
    input = BufferedBytes(source)
    guard let magic = try input.take(4, "a capture file's first word") else {
      throw CaptureFileError(offset: 0, "the file is empty")
    }
    switch Words(bytes: magic, isBig: true).u32(0) {
    case BlockType.section:
      try readSection(at: 0)
    case 0xa1b2_c3d4: try readPcapHeader(isBig: true, clock: .microseconds)
    case 0xd4c3_b2a1: try readPcapHeader(isBig: false, clock: .microseconds)
    case 0xa1b2_3c4d: try readPcapHeader(isBig: true, clock: .nanoseconds)
    case 0x4d3c_b2a1: try readPcapHeader(isBig: false, clock: .nanoseconds)
    default: throw CaptureFileError(offset: 0, "this is neither a pcap nor a pcapng file")
    }
  }

  /// The next item; nil at the end. After an error there is nothing more.
  public mutating func next() throws(CaptureFileError) -> CaptureItem? {
    if ended { return nil }
    do throws(CaptureFileError) {
      if let item = announcement() { return item }
      let item = format == .pcap ? try pcapFrame() : try nextBlock()
      if item == nil { ended = true }
      return item
    } catch {
      ended = true
      throw error
    }
  }

  private mutating func announcement() -> CaptureItem? {
    guard announced < interfaces.count else { return nil }
    defer { announced += 1 }
    return .interface(announced, interfaces[announced])
  }

  mutating func add(_ interface: CaptureInterface, at offset: UInt64) throws(CaptureFileError) {
    guard interfaces.count < Self.mostInterfaces else {
      throw CaptureFileError(offset: offset, "the file has more than \(Self.mostInterfaces) interfaces")
    }
    interfaces.append(interface)
  }

  private mutating func nextBlock() throws(CaptureFileError) -> CaptureItem? {
    while true {
      let read = try block()
      if let item = announcement() { return item }
      switch read {
      case .end: return nil
      case .other: continue
      case .item(let item): return item
      }
    }
  }

  // MARK: pcap

  private mutating func readPcapHeader(isBig: Bool, clock: CaptureClock) throws(CaptureFileError) {
    format = .pcap
    self.isBig = isBig
    let header = Words(bytes: try input.need(20, "the pcap header"), isBig: isBig)
    guard header.u16(0) == 2 else {
      throw CaptureFileError(
        offset: 4, "pcap version \(header.u16(0)).\(header.u16(2)) is not known, only 2.4 is")
    }
    // The upper bits of the link type are flags.
    try add(
      CaptureInterface(
        linkType: UInt16(truncatingIfNeeded: header.u32(16)), snapLength: header.u32(12), clock: clock),
      at: 0)
  }

  private mutating func pcapFrame() throws(CaptureFileError) -> CaptureItem? {
    let start = input.offset
    guard let bytes = try input.take(16, "a packet's header") else { return nil }
    let header = Words(bytes: bytes, isBig: isBig)
    let length = Int(header.u32(8))
    guard length <= Self.largestFrame else {
      throw CaptureFileError(
        offset: start, "a packet of \(length) bytes, where \(Self.largestFrame) are the most")
    }
    let clock = interfaces[0].clock
    let whole = UInt64(header.u32(0)).multipliedReportingOverflow(by: clock.ticksPerSecond).partialValue
    return .frame(
      CaptureFrame(
        interface: 0, time: clock.nanoseconds(whole + UInt64(header.u32(4))),
        originalLength: max(Int(header.u32(12)), length), bytes: try input.need(length, "a packet")))
  }
}
