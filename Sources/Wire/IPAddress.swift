/// An IPv4 or IPv6 address as two words in wire order (first byte lowest). An IPv4 address is the lower half of
/// `lo`; the family is kept beside them, so `0.0.0.1` and `::1` differ.
public struct IPAddress: Hashable, Sendable {
  public var hi: UInt64
  public var lo: UInt64
  public var isIPv6: Bool

  @inline(__always)
  public init(hi: UInt64, lo: UInt64, isIPv6: Bool) {
    self.hi = hi
    self.lo = lo
    self.isIPv6 = isIPv6
  }

  @inline(__always)
  public init(v4 word: UInt32) { self.init(hi: 0, lo: UInt64(word), isIPv6: false) }

  @inline(__always)
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    self.init(v4: UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24)
  }

  @inline(__always)
  public var isUnspecified: Bool { hi | lo == 0 }

  /// Bits in an address of this family: 32 or 128.
  @inline(__always)
  public var bitWidth: Int { isIPv6 ? 128 : 32 }
}

/// An address and a prefix length; the host bits are kept (an interface address) until `network` drops them.
public struct IPPrefix: Hashable, Sendable {
  public var address: IPAddress
  /// 0...32 or 0...128.
  public var length: Int

  public init(_ address: IPAddress, length: Int) {
    self.address = address
    self.length = min(max(length, 0), address.bitWidth)
  }

  /// The prefix that is just this address.
  public init(_ address: IPAddress) { self.init(address, length: address.bitWidth) }

  public var isSingleAddress: Bool { length == address.bitWidth }

  /// The mask's words, in wire order like the address'.
  public var mask: (hi: UInt64, lo: UInt64) {
    if !address.isIPv6 {
      let bits = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
      return (0, UInt64(bits.byteSwapped))
    }
    func word(_ n: Int) -> UInt64 {
      let n = min(max(n, 0), 64)
      return n == 0 ? 0 : (UInt64.max << UInt64(64 - n)).byteSwapped
    }
    return (word(length), word(length - 64))
  }

  public var network: IPPrefix {
    let m = mask
    return IPPrefix(
      IPAddress(hi: address.hi & m.hi, lo: address.lo & m.lo, isIPv6: address.isIPv6), length: length)
  }

  public func contains(_ other: IPAddress) -> Bool {
    let m = mask
    return other.isIPv6 == address.isIPv6 && (other.hi ^ address.hi) & m.hi == 0
      && (other.lo ^ address.lo) & m.lo == 0
  }
}
