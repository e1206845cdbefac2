import Wire

/// Fields in network byte order. The caller has checked the length: one check a header, none a field.
extension Span where Element == UInt8 {
  func u16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  func mac(at offset: Int) -> MACAddress {
    var raw: UInt64 = 0
    for i in 0..<6 { raw |= UInt64(self[offset + i]) << (8 * UInt64(i)) }
    return MACAddress(raw: raw)
  }

  func ipv4(at offset: Int) -> IPAddress {
    IPAddress(self[offset], self[offset + 1], self[offset + 2], self[offset + 3])
  }

  func ipv6(at offset: Int) -> IPAddress {
    func word(_ at: Int) -> UInt64 {
      var word: UInt64 = 0
      for i in 0..<8 { word |= UInt64(self[at + i]) << (8 * UInt64(i)) }
      return word
    }
    return IPAddress(hi: word(offset), lo: word(offset + 8), isIPv6: true)
  }
}

extension [UInt8] {
  mutating func append(_ word: UInt16) {
    append(UInt8(truncatingIfNeeded: word >> 8))
    append(UInt8(truncatingIfNeeded: word))
  }
}
