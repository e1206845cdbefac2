import PacketCapture
import Testing

@Suite("pcap files")
struct PcapTests {
  static func file(isBig: Bool, nanoseconds: Bool, length: UInt32? = nil) -> [UInt8] {
    var bytes = Bytes(isBig: isBig)
    bytes.u32(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4)
    bytes.u16(2)
    bytes.u16(4)
    for value: UInt32 in [0, 0, 65535, 1] { bytes.u32(value) }
    for value: UInt32 in [10, 5, length ?? 60, 90] { bytes.u32(value) }
    bytes.raw(udpFrame(60))
    return bytes.all
  }

  @Test("both byte orders, micro- and nanoseconds", arguments: [false, true], [false, true])
  func orders(isBig: Bool, nanoseconds: Bool) {
    let (items, error) = readAll(PcapTests.file(isBig: isBig, nanoseconds: nanoseconds))
    #expect(error == nil)
    let time: UInt64 = 10_000_000_000 + (nanoseconds ? 5 : 5000)
    #expect(
      frames(items) == [CaptureFrame(interface: 0, time: time, originalLength: 90, bytes: udpFrame(60))])
  }

  @Test("cut at every byte")
  func cut() {
    let bytes = PcapTests.file(isBig: false, nanoseconds: false)
    for count in 0..<bytes.count where count != 24 {
      let (items, error) = readAll(Array(bytes.prefix(count)))
      #expect(error != nil && frames(items).isEmpty, "\(count) bytes")
    }
    #expect(readAll(Array(bytes.prefix(24))).error == nil)
  }

  @Test("a packet longer than any is refused before it is read")
  func lie() {
    let error = readAll(PcapTests.file(isBig: true, nanoseconds: false, length: .max)).error
    #expect(error?.offset == 24)
    #expect(error?.message == "a packet of 4294967295 bytes, where 262144 are the most")
  }

  @Test("what is no capture says so", arguments: [[0x7f, 0x45, 0x4c, 0x46], [0, 0, 0, 0]] as [[UInt8]])
  func other(_ bytes: [UInt8]) {
    #expect(readAll(bytes).error?.message == "this is neither a pcap nor a pcapng file")
  }
}
