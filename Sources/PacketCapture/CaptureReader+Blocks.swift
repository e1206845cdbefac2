// pcapng's blocks (draft-ietf-opsawg-pcapng, §4).
extension CaptureReader {
  enum BlockRead {
    case end
    case item(CaptureItem)
    /// Nothing that is shown.
    case other
  }

  /// The Section Header Block whose type has been read.
  mutating func readSection(at start: UInt64) throws(CaptureFileError) {
    let head = try input.need(8, "a section's header")
    switch Words(bytes: head, isBig: true).u32(4) {
    case 0x1a2b_3c4d: isBig = true
    case 0x4d3c_2b1a: isBig = false
    default: throw CaptureFileError(offset: start + 8, "the section's byte-order magic is wrong")
    }
    let length = try checked(Words(bytes: head, isBig: isBig).u32(0), atLeast: 28, at: start)
    let rest = Words(bytes: try input.need(length - 12, "a section's header"), isBig: isBig)
    try checkTrailer(rest, length, at: start)
    guard rest.u16(0) == 1 else {
      throw CaptureFileError(
        offset: start + 12, "pcapng version \(rest.u16(0)).\(rest.u16(2)) is not known, only 1.0 is")
    }
    firstInterface = interfaces.count
  }

  mutating func block() throws(CaptureFileError) -> BlockRead {
    let start = input.offset
    guard let word = try input.take(4, "a block's type") else { return .end }
    let type = Words(bytes: word, isBig: isBig).u32(0)
    // The type reads the same in both orders.
    if type == BlockType.section {
      try readSection(at: start)
      return .other
    }
    let announced = Words(bytes: try input.need(4, "a block's length"), isBig: isBig).u32(0)
    let length = try checked(announced, atLeast: 12, at: start)
    let body = Words(bytes: try input.need(length - 8, "a block"), isBig: isBig)
    try checkTrailer(body, length, at: start)
    let content = length - 12
    switch type {
    case BlockType.interface:
      try addInterface(body, content, at: start)
      return .other
    case BlockType.enhancedPacket:
      return .item(.frame(try enhanced(body, content, at: start)))
    case BlockType.obsoletePacket:
      return .item(.frame(try obsolete(body, content, at: start)))
    case BlockType.simplePacket: return .item(.frame(try simple(body, content, at: start)))
    case BlockType.statistics:
      return .item(.statistics(try statistics(body, content, at: start)))
    default: return .other
    }
  }

  private func checked(_ length: UInt32, atLeast least: Int, at start: UInt64) throws(CaptureFileError) -> Int
  {
    guard length % 4 == 0, Int(length) >= least else {
      throw CaptureFileError(offset: start + 4, "a block can't be \(length) bytes long")
    }
    guard Int(length) <= Self.largestBlock else {
      throw CaptureFileError(
        offset: start + 4, "a block of \(length) bytes, where \(Self.largestBlock) are the most")
    }
    return Int(length)
  }

  private func checkTrailer(_ body: Words, _ length: Int, at start: UInt64) throws(CaptureFileError) {
    let trailer = body.u32(body.bytes.count - 4)
    guard Int(trailer) == length else {
      throw CaptureFileError(
        offset: start + UInt64(length) - 4,
        "a block of \(length) bytes says at its end that it has \(trailer)")
    }
  }

  private func need(_ content: Int, _ least: Int, _ what: String, at start: UInt64) throws(CaptureFileError) {
    guard content >= least else {
      throw CaptureFileError(offset: start, "\(what) of \(content) bytes, where \(least) are the least")
    }
  }

  private func known(_ number: Int, at start: UInt64) throws(CaptureFileError) -> Int {
    let count = interfaces.count - firstInterface
    guard number < count else {
      throw CaptureFileError(
        offset: start, "a packet of interface \(number), where the section has described \(count)")
    }
    return firstInterface + number
  }

  // MARK: Kinds of blocks

  private mutating func addInterface(_ body: Words, _ content: Int, at start: UInt64) throws(CaptureFileError)
  {
    try need(content, 8, "an interface's description", at: start)
    var made = CaptureInterface(linkType: body.u16(0), snapLength: body.u32(4))
    for option in try options(body, from: 8, to: content, at: start) {
      switch option.code {
      case OptionCode.name: made.name = text(body, option.value.prefix(256))
      case OptionCode.resolution where option.value.count == 1:
        let resolution = body.bytes[option.value.lowerBound]
        guard let ticks = CaptureClock.ticks(resolution: resolution) else {
          throw CaptureFileError(
            offset: start, "an interface's time resolution \(resolution) is finer than 64 bits count")
        }
        made.clock.ticksPerSecond = ticks
      case OptionCode.timeOffset where option.value.count == 8:
        made.clock.offset = Int64(bitPattern: body.u64(option.value.lowerBound))
      default: break
      }
    }
    try add(made, at: start)
  }

  private func enhanced(_ body: Words, _ content: Int, at start: UInt64) throws(CaptureFileError)
    -> CaptureFrame
  {
    try need(content, 20, "a packet block", at: start)
    var frame = try packet(
      body, content, number: Int(body.u32(0)), captured: body.u32(12), original: body.u32(16), at: start)
    try readOptions(of: &frame, body, content, at: start)
    return frame
  }

  private func obsolete(_ body: Words, _ content: Int, at start: UInt64) throws(CaptureFileError)
    -> CaptureFrame
  {
    try need(content, 20, "a packet block", at: start)
    var frame = try packet(
      body, content, number: Int(body.u16(0)), captured: body.u32(12), original: body.u32(16), at: start)
    if body.u16(2) != 0xffff { frame.dropCount = UInt64(body.u16(2)) }
    try readOptions(of: &frame, body, content, at: start)
    return frame
  }

  private func packet(
    _ body: Words, _ content: Int, number: Int, captured: UInt32, original: UInt32, at start: UInt64
  ) throws(CaptureFileError) -> CaptureFrame {
    let interface = try known(number, at: start)
    let length = Int(captured)
    guard length <= content - 20 else {
      throw CaptureFileError(
        offset: start, "a packet of \(length) bytes in a block that has room for \(content - 20)")
    }
    let ticks = UInt64(body.u32(4)) << 32 | UInt64(body.u32(8))
    return CaptureFrame(
      interface: interface, time: interfaces[interface].clock.nanoseconds(ticks),
      originalLength: max(Int(original), length), bytes: Array(body.bytes[20..<20 + length]))
  }

  private func readOptions(
    of frame: inout CaptureFrame, _ body: Words, _ content: Int, at start: UInt64
  ) throws(CaptureFileError) {
    let first = 20 + (frame.bytes.count + 3) / 4 * 4
    for option in try options(body, from: first, to: content, at: start) {
      let place = option.value.lowerBound
      switch (option.code, option.value.count) {
      case (OptionCode.comment, _): frame.comments.append(text(body, option.value))
      case (OptionCode.flags, 4): frame.direction = .init(rawValue: body.u32(place) & 3) ?? .unknown
      case (OptionCode.dropCount, 8): frame.dropCount = body.u64(place)
      case (OptionCode.packetID, 8): frame.packetID = body.u64(place)
      default: break
      }
    }
  }

  /// A Simple Packet Block: of the section's first interface, without a time, cut at its snap length.
  private func simple(_ body: Words, _ content: Int, at start: UInt64) throws(CaptureFileError)
    -> CaptureFrame
  {
    try need(content, 4, "a simple packet block", at: start)
    let interface = try known(0, at: start)
    let original = Int(body.u32(0))
    let snap = Int(interfaces[interface].snapLength)
    let length = snap == 0 ? original : min(original, snap)
    guard length <= content - 4 else {
      throw CaptureFileError(
        offset: start, "a packet of \(length) bytes in a block that has room for \(content - 4)")
    }
    return CaptureFrame(
      interface: interface, time: nil, originalLength: original, bytes: Array(body.bytes[4..<4 + length]))
  }

  private func statistics(_ body: Words, _ content: Int, at start: UInt64) throws(CaptureFileError)
    -> CaptureStatistics
  {
    try need(content, 12, "a statistics block", at: start)
    var made = CaptureStatistics(interface: try known(Int(body.u32(0)), at: start))
    for option in try options(body, from: 12, to: content, at: start) where option.value.count == 8 {
      switch option.code {
      case OptionCode.received: made.received = body.u64(option.value.lowerBound)
      case OptionCode.missed: made.missed = body.u64(option.value.lowerBound)
      default: break
      }
    }
    return made
  }

  // MARK: Options

  private struct Option {
    var code: UInt16
    /// Where in the body.
    var value: Range<Int>
  }

  private func options(_ body: Words, from first: Int, to end: Int, at start: UInt64) throws(CaptureFileError)
    -> [Option]
  {
    var found: [Option] = []
    var at = first
    while at + 4 <= end {
      let option = Option(code: body.u16(at), value: at + 4..<at + 4 + Int(body.u16(at + 2)))
      if option.code == OptionCode.end { break }
      guard option.value.upperBound <= end else {
        throw CaptureFileError(
          offset: start + 8 + UInt64(at),
          "option \(option.code) of \(option.value.count) bytes, where the block has \(end - at - 4) left")
      }
      found.append(option)
      at = option.value.lowerBound + (option.value.count + 3) / 4 * 4
    }
    return found
  }

  private func text(_ body: Words, _ range: Range<Int>) -> String {
    String(decoding: body.bytes[range], as: UTF8.self)
  }
}
