/// Protocol and port of a service, as its sets hold them: protocol << 48 | port << 32 | cluster + 1.
public enum ServiceKey {
  /// `port` as on the wire.
  @inline(__always)
  public static func key(protocolNumber: UInt8, port: UInt16) -> UInt64 {
    UInt64(protocolNumber) << 48 | UInt64(port) << 32
  }

  @inline(__always)
  static func anyPort(_ key: UInt64) -> UInt64 { key & 0xff << 48 }

  @inline(__always)
  public static func hash(_ key: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: fold(0, key >> 32) >> 8)
  }

  /// The cluster of a word that matches.
  @inline(__always)
  static func match(_ word: UInt64, _ key: UInt64) -> UInt32? {
    word >> 32 == key >> 32 && word != 0 ? UInt32(truncatingIfNeeded: word) &- 1 : nil
  }
}
