/// Flows of buckets in transition, eight a set. A word is complete in itself:
///
/// ```
///  63              27  26   25            8 7        0
/// ┌──────────────────┬────┬───────────────┬──────────┐
/// │ tag (37)         │ c  │ member (18)   │ last seen│   0: free
/// └──────────────────┴────┴───────────────┴──────────┘
/// ```
/// The tag is keyed with a secret and stands for the whole flow; with the set's index more than 50 bits must agree by
/// accident for a mistake. `c`: confirmed, a packet after the first was seen; a flood makes unconfirmed entries only,
/// and those never push out confirmed ones, nor those that may still be confirmed.
///
/// Fragmented datagrams are kept the same way (`c`: provisional, a later fragment came before the first).
public enum FlowTable {
  @inline(__always)
  public static func set(_ tag: UInt64, mask: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: tag) & mask }

  @inline(__always)
  static func word(tag: UInt64, member: UInt32, mark: Bool, seen: UInt32) -> UInt64 {
    (tag >> 27) << 27 | (mark ? 1 << 26 : 0) | UInt64(member & 0x3ffff) << 8 | UInt64(seen & 0xff)
  }

  @inline(__always)
  public static func member(_ word: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: word >> 8) & 0x3ffff
  }

  @inline(__always)
  public static func isMarked(_ word: UInt64) -> Bool { word & 1 << 26 != 0 }

  @inline(__always)
  public static func seen(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) & 0xff }

  /// The way that holds the tag, or 8.
  @inline(__always)
  public static func find(_ set: UnsafeMutablePointer<UInt64>, tag: UInt64) -> Int {
    var i = 0
    while i < 8 {
      let word = set[i]
      if word >> 27 == tag >> 27 && word != 0 { return i }
      i &+= 1
    }
    return 8
  }

  /// Puts a word where there is room: a free way, one older than `lifetime`, or else an unconfirmed one that has had its
  /// time: 3.2 to 6.4 s, in which a client answers a SYN's answer. False: every entry may be in use. Whose flow is not
  /// entered stays on the previous path, which needs no entry; one that is pushed out would break.
  @inline(__always)
  static func insert(
    _ set: UnsafeMutablePointer<UInt64>, _ fresh: UInt64, now: UInt32, lifetime: UInt32
  ) -> Bool {
    var i = 0
    while i < 8 {
      let word = set[i]
      if word == 0 || Age.between(seen(word), now) > lifetime {
        set[i] = fresh
        return true
      }
      i &+= 1
    }
    i = 0
    while i < 8 {
      let word = set[i]
      if !isMarked(word) && Age.between(seen(word), now) > 1 {
        set[i] = fresh
        return true
      }
      i &+= 1
    }
    return false
  }

  /// For entries that matter less: in a full set one gives way, at random.
  @inline(__always)
  static func insertAnyway(
    _ set: UnsafeMutablePointer<UInt64>, _ fresh: UInt64, now: UInt32, lifetime: UInt32, random: UInt64
  ) {
    var i = 0
    while i < 8 {
      let word = set[i]
      if word == 0 || Age.between(seen(word), now) > lifetime {
        set[i] = fresh
        return
      }
      i &+= 1
    }
    set[Int(truncatingIfNeeded: random) & 7] = fresh
  }
}
