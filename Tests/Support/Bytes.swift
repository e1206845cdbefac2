/// Bytes in the order of the wire.
extension [UInt8] {
  static func be16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
  static func be32(_ value: Int) -> [UInt8] { be16(value >> 16 & 0xffff) + be16(value & 0xffff) }

  mutating func set16(_ offset: Int, _ value: Int) {
    self[offset] = UInt8(value >> 8 & 255)
    self[offset + 1] = UInt8(value & 255)
  }

  func get16(_ offset: Int) -> Int { Int(self[offset]) << 8 | Int(self[offset + 1]) }
  func get32(_ offset: Int) -> Int { get16(offset) << 16 | get16(offset + 2) }

  /// The Internet checksum (RFC 1071): 0 over bytes that hold a right one.
  public var internetChecksum: Int {
    var sum = 0
    var i = 0
    while i < count {
      sum += Int(self[i]) << 8 | (i + 1 < count ? Int(self[i + 1]) : 0)
      i += 2
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~sum & 0xffff
  }

  /// Two digits a byte, as the shrunk reproductions are printed.
  public var hex: String {
    let digits = Array<Character>("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Nil: not pairs of hexadecimal digits.
  public init?(hex: String) {
    let digits = Array<UInt8>(hex.utf8)
    guard digits.count % 2 == 0 else { return nil }
    self = []
    for i in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[i..<i + 2], as: UTF8.self), radix: 16) else {
        return nil
      }
      append(byte)
    }
  }
}
