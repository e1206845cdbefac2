/// One step of the hashes: a multiplication that carries every bit upward and a shift that brings the best ones down.
@inline(__always)
func fold(_ hash: UInt64, _ word: UInt64) -> UInt64 {
  let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
  return product ^ (product >> 32)
}

/// A bijection of 60-bit numbers, so that a station's set index and tag together are the whole key.
public enum Mix60 {
  @inline(__always)
  static var mask: UInt64 { 0x0fff_ffff_ffff_ffff }

  @inline(__always)
  static var multiplier: UInt64 { 0x0e37_79b9_7f4a_7c15 }

  @inline(__always)
  public static func mix(_ key: UInt64) -> UInt64 {
    var x = key
    x ^= x >> 30
    x = (x &* multiplier) & mask
    x ^= x >> 31
    return x
  }

  /// `unmix(mix(x)) == x`.
  @inline(__always)
  public static func unmix(_ mixed: UInt64) -> UInt64 {
    var x = mixed
    x ^= x >> 31
    x = (x &* inverse) & mask
    x ^= x >> 30
    return x
  }

  /// The multiplicative inverse modulo 2^60, by Newton's iteration (each step doubles the correct bits).
  private static var inverse: UInt64 {
    var x = multiplier
    for _ in 0..<6 { x = x &* (2 &- multiplier &* x) }
    return x & mask
  }
}
