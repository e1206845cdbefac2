/// Sources of sticky clusters, eight a set. A word is complete in itself:
///
/// ```
///  63              35  34  33           16 15        0
/// ┌──────────────────┬────┬───────────────┬──────────┐
/// │ tag (29)         │ y  │ member (18)   │ last seen│   0: free
/// └──────────────────┴────┴───────────────┴──────────┘
/// ```
/// The tag is keyed with the secret of the flow table and stands for source address and cluster. "Last seen" is in 6.4 s,
/// modulo 2^16 (4.8 days); control frees what is older than its cluster remembers. `y`: young, see Pipeline+Sources.swift.
public enum SourceTable {
  /// The time in 6.4 s, from that in 100 ms.
  @inline(__always)
  public static func time(fine: UInt32) -> UInt32 { fine >> 6 & 0xffff }

  @inline(__always)
  public static func age(_ word: UInt64, _ now: UInt32) -> UInt32 { (now &- seen(word)) & 0xffff }

  @inline(__always)
  public static func set(_ tag: UInt64, mask: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: tag) & mask }

  @inline(__always)
  static func word(tag: UInt64, member: UInt32, isYoung: Bool, seen: UInt32) -> UInt64 {
    (tag >> 35) << 35 | (isYoung ? 1 << 34 : 0) | UInt64(member & 0x3ffff) << 16 | UInt64(seen & 0xffff)
  }

  @inline(__always)
  public static func member(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word >> 16) & 0x3ffff }

  @inline(__always)
  static func isYoung(_ word: UInt64) -> Bool { word & 1 << 34 != 0 }

  @inline(__always)
  public static func seen(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) & 0xffff }

  /// 64 bits over source, cluster and a secret.
  @inline(__always)
  public static func tag(_ hi: UInt64, _ lo: UInt64, cluster: UInt32, seed: UInt64) -> UInt64 {
    let h = fold(fold(fold(seed, lo), hi), UInt64(cluster) | 1 << 32)
    return (h &* 0xd6e8_feb8_6659_fd93) ^ (h >> 29)
  }

  /// The way that holds the tag, or 8.
  @inline(__always)
  static func find(_ set: UnsafeMutablePointer<UInt64>, tag: UInt64) -> Int {
    var i = 0
    while i < 8 {
      let word = set[i]
      if word >> 35 == tag >> 35 && word != 0 { return i }
      i &+= 1
    }
    return 8
  }

  /// A free way, or one whose source is forgotten; else 8.
  @inline(__always)
  static func room(_ set: UnsafeMutablePointer<UInt64>, now: UInt32, limit: UInt32) -> Int {
    var i = 0
    while i < 8 {
      let word = set[i]
      if word == 0 || age(word, now) > limit { return i }
      i &+= 1
    }
    return 8
  }
}
