import Testing

@testable import Lab

@Suite("capture files")
struct PcapFileTests {
  private static func word(_ value: UInt32, big: Bool) -> [UInt8] {
    withUnsafeBytes(of: big ? value.bigEndian : value.littleEndian, Array.init)
  }

  /// A file with these frames, as tcpdump writes it on a machine of this byte order.
  private static func file(_ frames: [[UInt8]], magic: UInt32 = 0xa1b2_c3d4, big: Bool, link: UInt32 = 1)
    -> [UInt8]
  {
    let header = [magic, 0x0004_0002, 0, 0, 262_144, link].flatMap { word($0, big: big) }
    return frames.reduce(header) { file, frame in
      let record = [1, 2, UInt32(frame.count), UInt32(frame.count)].flatMap { word($0, big: big) }
      return file + record + frame
    }
  }

  @Test(
    "either byte order, micro- and nanoseconds", arguments: [false, true],
    [0xa1b2_c3d4, 0xa1b2_3c4d] as [UInt32])
  func reads(big: Bool, magic: UInt32) throws {
    let frames: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 1514)]
    let read = try PcapFile(Self.file(frames, magic: magic, big: big))
    #expect(read.frames.map(\.bytes) == frames)
  }

  @Test("cut off at every byte: all whole frames before it or an error that says where, never a crash")
  func cutOff() {
    let whole = Self.file([[1, 2, 3], [4, 5, 6, 7]], big: false)
    let ends = [24, 43, whole.count]
    for length in 0..<whole.count where !ends.contains(length) {
      #expect(throws: PcapFile.Problem.self) { try PcapFile(Array(whole.prefix(length))) }
    }
  }

  @Test("lying lengths, other formats and other links are refused")
  func refuses() {
    var lying = Self.file([[1, 2, 3]], big: false)
    lying.replaceSubrange(32..<40, with: [UInt8](repeating: 0xff, count: 8))
    #expect(throws: PcapFile.Problem.self) { try PcapFile(lying) }
    #expect(throws: PcapFile.Problem.self) { try PcapFile(Self.file([], magic: 0x0a0d_0d0a, big: false)) }
    #expect(throws: PcapFile.Problem.self) { try PcapFile(Self.file([], big: false, link: 113)) }
  }
}
