/// A capture file as tcpdump writes it: the classic format (draft-ietf-opsawg-pcap), either byte order, micro- or
/// nanoseconds, link type Ethernet.
package struct PcapFile: Sendable {
  package enum Problem: Error, Equatable, CustomStringConvertible {
    case header(String)
    case record(number: Int, offset: Int, String)

    package var description: String {
      switch self {
      case .header(let what): "not a capture file: \(what)"
      case .record(let number, let offset, let what): "frame \(number) at byte \(offset): \(what)"
      }
    }
  }

  package var frames: [CapturedFrame]

  package init(frames: [CapturedFrame]) { self.frames = frames }

  package init(_ bytes: [UInt8]) throws(Problem) {
    guard bytes.count >= 24 else { throw .header("\(bytes.count) bytes, a file header has 24") }
    let swapped: Bool
    switch Self.word(bytes, 0, swapped: false) {
    case 0xa1b2_c3d4, 0xa1b2_3c4d: swapped = false
    case 0xd4c3_b2a1, 0x4d3c_b2a1: swapped = true
    default: throw .header("no magic number at its start")
    }
    let linkType = Self.word(bytes, 20, swapped: swapped) & 0xffff
    guard linkType == 1 else { throw .header("link type \(linkType), expected 1 (Ethernet)") }
    frames = []
    var offset = 24
    while offset < bytes.count {
      let number = frames.count + 1
      guard bytes.count - offset >= 16 else {
        throw .record(number: number, offset: offset, "header cut off")
      }
      let captured = Int(Self.word(bytes, offset + 8, swapped: swapped))
      let original = Int(Self.word(bytes, offset + 12, swapped: swapped))
      guard captured == original else {
        throw .record(number: number, offset: offset, "\(captured) of \(original) bytes captured")
      }
      guard bytes.count - offset - 16 >= captured else {
        throw .record(number: number, offset: offset, "\(captured) bytes announced, file ends")
      }
      frames.append(CapturedFrame(bytes: Array(bytes[(offset + 16)..<(offset + 16 + captured)])))
      offset += 16 + captured
    }
  }

  /// Little-endian, or big-endian if `swapped`. The caller has checked the length.
  private static func word(_ bytes: [UInt8], _ at: Int, swapped: Bool) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<4 { value = value << 8 | UInt32(bytes[at + (swapped ? index : 3 - index)]) }
    return value
  }
}
