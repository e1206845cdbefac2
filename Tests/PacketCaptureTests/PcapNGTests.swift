import PacketCapture
import Testing

@Suite("pcapng: what is written is read")
struct PcapNGTests {
  static func sample() -> (bytes: [UInt8], frames: [CaptureFrame]) {
    var writer = PcapNGWriter(snapLength: 256)
    var bytes = writer.header(hardware: "x86_64", operatingSystem: "Linux 6.1", application: "flowswitch 1")
    bytes += writer.interface(name: "sw-r1", description: "router")
    bytes += writer.interface(name: "sw-s1", description: "")
    var first = CaptureFrame(
      interface: 0, time: 1_700_000_000_123_456_789, originalLength: 1514, bytes: udpFrame(61))
    first.direction = .inbound
    first.packetID = 7
    first.dropCount = 3
    first.comments = ["forward to web/s1", "known flow: é"]
    var second = CaptureFrame(interface: 1, time: 0, originalLength: 60, bytes: udpFrame(60))
    second.direction = .outbound
    second.packetID = 7
    let third = CaptureFrame(interface: 1, time: 1, originalLength: 0, bytes: [])
    let frames = [first, second, third]
    for frame in frames { bytes += writer.frame(frame) }
    bytes += writer.statistics(CaptureStatistics(interface: 0, received: 3, missed: 4), time: 5)
    return (bytes, frames)
  }

  @Test("frames, interfaces and statistics come back as they were")
  func roundTrip() {
    let (bytes, written) = PcapNGTests.sample()
    let (items, error) = readAll(bytes)
    #expect(error == nil)
    #expect(frames(items) == written)
    let names = items.compactMap { if case .interface(_, let interface) = $0 { interface.name } else { nil } }
    #expect(names == ["sw-r1", "sw-s1"])
    #expect(items.last == .statistics(CaptureStatistics(interface: 0, received: 3, missed: 4)))
  }

  @Test("a frame longer than the snap length is cut, and says how long it was")
  func cut() {
    var writer = PcapNGWriter(snapLength: 100)
    var bytes = writer.header(hardware: "", operatingSystem: "", application: "")
    bytes += writer.interface(name: "a", description: "")
    bytes += writer.frame(CaptureFrame(interface: 0, time: 9, originalLength: 300, bytes: udpFrame(300)))
    let read = frames(readAll(bytes).items)
    #expect(read.map(\.bytes) == [udpFrame(100)])
    #expect(read.map(\.originalLength) == [300])
  }

  @Test("cut at every byte: whole blocks are read, and the rest is an error with its place")
  func cutAnywhere() {
    let (bytes, written) = PcapNGTests.sample()
    for count in 0..<bytes.count {
      let (items, error) = readAll(Array(bytes.prefix(count)))
      #expect(frames(items) == Array(written.prefix(frames(items).count)))
      // Between two blocks the file may end.
      if let error {
        #expect(error.offset <= UInt64(count))
      } else {
        #expect(count > 0 && count % 4 == 0)
      }
    }
    #expect(readAll([]).error == CaptureFileError(offset: 0, "the file is empty"))
  }

  @Test("any byte wrong: an error or other frames, never more of them than the file has room for")
  func wrongBytes() {
    let (bytes, _) = PcapNGTests.sample()
    for place in bytes.indices {
      for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
        var wrong = bytes
        wrong[place] = value
        let (items, error) = readAll(wrong)
        #expect(frames(items).allSatisfy { $0.bytes.count <= bytes.count })
        if let error { #expect(error.offset <= UInt64(bytes.count)) }
      }
    }
  }

  @Test(
    "both byte orders, several sections, the old and the simple packet block, unknown blocks",
    arguments: [false, true])
  func kinds(isBig: Bool) {
    var bytes = Bytes.section(isBig: isBig)
    bytes += Bytes.interface(isBig: isBig, snap: 20)
    bytes += Bytes.block(0xbad, isBig: isBig) { $0.raw([1, 2, 3]) }
    bytes += Bytes.block(3, isBig: isBig) {
      $0.u32(60)
      $0.raw(udpFrame(20))
    }
    bytes += Bytes.section(isBig: !isBig)
    bytes += Bytes.interface(isBig: !isBig) {
      $0.u16(2)
      $0.u16(3)
      $0.raw([0x6c, 0x61, 0x6e, 0])
      // 2^-10 s, and 100 s later.
      $0.u16(9)
      $0.u16(1)
      $0.raw([0x8a, 0, 0, 0])
      $0.u16(14)
      $0.u16(8)
      if $0.isBig { $0.u32(0) }
      $0.u32(100)
      if !$0.isBig { $0.u32(0) }
      $0.u32(0)
    }
    bytes += Bytes.block(2, isBig: !isBig) {
      $0.u16(0)
      $0.u16(5)
      $0.u32(0)
      $0.u32(1536)
      $0.u32(14)
      $0.u32(60)
      $0.raw(udpFrame(14))
    }
    let (items, error) = readAll(bytes)
    #expect(error == nil)
    var old = CaptureFrame(interface: 1, time: 101_500_000_000, originalLength: 60, bytes: udpFrame(14))
    old.dropCount = 5
    #expect(
      frames(items) == [
        CaptureFrame(interface: 0, time: nil, originalLength: 60, bytes: udpFrame(20)), old,
      ])
  }

  static let lies: [(name: String, block: [UInt8], says: String)] = [
    (
      "no interface", Bytes.block(3, isBig: false) { $0.u32(0) },
      "interface 0, where the section has described 0"
    ),
    (
      "packet beyond its block",
      Bytes.interface(isBig: false)
        + Bytes.block(6, isBig: false) {
          for value: UInt32 in [0, 0, 0, 5, 5, 0] { $0.u32(value) }
        }, "a packet of 5 bytes in a block that has room for 4"
    ),
    (
      "packet of 4 GiB",
      Bytes.interface(isBig: false)
        + Bytes.block(6, isBig: false) { for value: UInt32 in [0, 0, 0, .max, .max] { $0.u32(value) } },
      "a packet of 4294967295 bytes in a block that has room for 0"
    ),
    (
      "option beyond its block",
      Bytes.block(1, isBig: false) {
        for value: UInt32 in [1, 0, 0x0010_0002] { $0.u32(value) }
      }, "option 2 of 16 bytes, where the block has 0 left"
    ),
    ("short description", Bytes.block(1, isBig: false) { $0.u32(1) }, "4 bytes, where 8 are the least"),
    ("huge block", [9, 0, 0, 0, 0, 0, 0, 0x40], "16777216 are the most"),
    ("block of 8", [9, 0, 0, 0, 8, 0, 0, 0], "can't be 8 bytes long"),
    ("odd block", [9, 0, 0, 0, 13, 0, 0, 0], "can't be 13 bytes long"),
    ("trailer", [9, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0], "says at its end that it has 16"),
    ("section of no order", [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4], "byte-order magic is wrong"),
    (
      "resolution",
      Bytes.interface(isBig: false) { for value: UInt32 in [0x0001_0009, 0xff] { $0.u32(value) } },
      "finer than 64 bits"
    ),
  ]

  @Test("a lie in a length is an error that says what and where", arguments: lies.indices)
  func lie(_ index: Int) {
    let lie = PcapNGTests.lies[index]
    let error = readAll(Bytes.section(isBig: false) + lie.block).error
    #expect(error?.message.contains(lie.says) == true, "\(lie.name): \(String(describing: error))")
    #expect((error?.offset ?? 0) >= 28)
  }
}
