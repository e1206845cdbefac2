/// Echo requests and replies (RFC 792, RFC 4443 §4.1).
enum ICMPEcho {
  static let requestV4: UInt8 = 8
  static let replyV4: UInt8 = 0
  static let requestV6: UInt8 = 128
  static let replyV6: UInt8 = 129

  private static let payload: [UInt8] = Array("FlowSwitch probe".utf8)

  /// - Parameter tag: the identifier in its upper half, the sequence number in its lower one.
  static func request(tag: UInt32, isIPv6: Bool) -> [UInt8] {
    var bytes: [UInt8] = [isIPv6 ? requestV6 : requestV4, 0, 0, 0]
    bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: tag >> $0) }
    bytes += payload
    // The kernel fills in that of ICMPv6, which covers the addresses too (RFC 3542 §3.1).
    if !isIPv6 {
      let sum = checksum(bytes)
      bytes[2] = UInt8(sum >> 8)
      bytes[3] = UInt8(sum & 255)
    }
    return bytes
  }

  /// The tag of a reply to such a request; nil for anything else.
  /// - Parameter bytes: as a raw socket gives them: IPv4 with its header, IPv6 without.
  static func replyTag<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes, isIPv6: Bool) -> UInt32? {
    func byte(_ offset: Int) -> UInt8 { bytes[bytes.index(bytes.startIndex, offsetBy: offset)] }
    var start = 0
    if !isIPv6 {
      guard bytes.count >= 20, byte(0) >> 4 == 4 else { return nil }
      start = Int(byte(0) & 15) * 4
    }
    guard start >= 20 || isIPv6, bytes.count >= start + 8 + payload.count,
      byte(start) == (isIPv6 ? replyV6 : replyV4), byte(start + 1) == 0,
      (0..<payload.count).allSatisfy({ byte(start + 8 + $0) == payload[$0] })
    else { return nil }
    return (4..<8).reduce(0) { $0 << 8 | UInt32(byte(start + $1)) }
  }

  /// RFC 1071.
  private static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte) }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
