import CSwitchBench

/// A TCP segment of an open connection to a shared address, without what makes the flow: addresses, source port and
/// checksums are the generator's to fill in.
struct BenchFrame {
  let bytes: [UInt8]

  /// - Parameters:
  ///   - length: bytes of the frame without its check sequence, 64 to 1514.
  ///   - destination: the MAC that it goes to.
  init(length: Int, to destination: MAC, from source: MAC = .client) {
    var bytes = [UInt8](repeating: 0, count: max(length, Int(BENCH_HEAD)))
    bytes.replaceSubrange(0..<6, with: destination.bytes)
    bytes.replaceSubrange(6..<12, with: source.bytes)
    bytes[12] = 0x08
    let total = UInt16(bytes.count - 14)
    bytes[14] = 0x45
    bytes[16] = UInt8(total >> 8)
    bytes[17] = UInt8(total & 0xff)
    bytes[20] = 0x40  // not to be fragmented
    bytes[22] = 64
    bytes[23] = 6
    bytes.replaceSubrange(30..<34, with: [10, 66, 0, 100])
    bytes[37] = 80
    bytes[41] = 1  // a sequence number
    bytes[45] = 1
    bytes[46] = 0x50
    bytes[47] = 0x10  // ACK
    bytes[48] = 0x20
    bytes[54] = UInt8(BENCH_MARK & 0xff)
    bytes[55] = UInt8(BENCH_MARK >> 8)
    for index in Int(BENCH_HEAD)..<max(bytes.count, Int(BENCH_HEAD)) { bytes[index] = UInt8(index & 0xff) }
    self.bytes = bytes
  }

  /// One's complement sum of the IP header without addresses, in the processor's order (RFC 1071 §2.B).
  var ipSum: UInt32 { BenchFrame.sum(bytes[14..<26]) }

  /// Of pseudo header without addresses, TCP header and payload.
  var tcpSum: UInt32 {
    let length = UInt16(bytes.count - 34)
    let pseudo: [UInt8] = [0, 6, UInt8(length >> 8), UInt8(length & 0xff)]
    return BenchFrame.fold(BenchFrame.sum(pseudo[...]) + BenchFrame.sum(bytes[34...]))
  }

  private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() { sum += UInt32(byte) << (index & 1 == 0 ? 0 : 8) }
    return fold(sum)
  }

  private static func fold(_ sum: UInt32) -> UInt32 {
    let once = sum & 0xffff + sum >> 16
    return once & 0xffff + once >> 16
  }
}
