#if canImport(CTables)
  import CTables
#endif

/// Stations, eight a set, as a switch ASIC keeps them: a set is found by the low 13 bits of the mixed (MAC, VLAN), and
/// a word holds the other 47 as tag, so that a match is exact and an entry is read and written in one piece.
///
/// ```
///  63                    17 16           8 7        0
/// ┌────────────────────────┬──────────────┬──────────┐
/// │ tag (47)               │ port + 1 (9) │ last seen│   0: free
/// └────────────────────────┴──────────────┴──────────┘
/// ```
/// "Last seen" is the coarse time (3.2 s, modulo 255). Control frees what has aged.
///
/// A pool's router has port `FS_STATION_ROUTER` and its number instead of "last seen". Only control enters and removes
/// such a word; no frame changes it, and it does not age.
public enum StationTable {
  public static var ways: Int { 8 }

  /// Of a port, in a word and in a link.
  @inline(__always)
  static var portMask: UInt32 { FS_PORTS &- 1 }

  /// The whole key, mixed. `key`: MAC in bits 0...47, VLAN in 48...59.
  @inline(__always)
  public static func mixed(_ key: UInt64) -> UInt64 { Mix60.mix(key) }

  @inline(__always)
  public static func set(_ mixed: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: mixed) & (FS_STATION_SETS &- 1)
  }

  @inline(__always)
  public static func tag(_ mixed: UInt64) -> UInt64 { mixed >> 13 }

  @inline(__always)
  public static func tag(ofWord word: UInt64) -> UInt64 { word >> 17 }

  @inline(__always)
  public static func word(tag: UInt64, port: UInt32, seen: UInt32) -> UInt64 {
    tag << 17 | UInt64((port &+ 1) & portMask) << 8 | UInt64(seen & 0xff)
  }

  /// The port of a word, which must not be free.
  @inline(__always)
  public static func port(_ word: UInt64) -> UInt32 {
    (UInt32(truncatingIfNeeded: word >> 8) & portMask) &- 1
  }

  @inline(__always)
  public static func seen(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) & 0xff }

  /// The number of a word whose port is `FS_STATION_ROUTER`.
  @inline(__always)
  public static func router(_ word: UInt64) -> UInt32 { seen(word) }

  /// The port in a member's or router's link.
  @inline(__always)
  public static func port(ofLink link: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: link >> UInt64(FS_LINK_PORT_SHIFT)) & portMask
  }

  /// The key back from where its word stands, for `show stations`.
  public static func key(set: UInt32, word: UInt64) -> UInt64 {
    Mix60.unmix(tag(ofWord: word) << 13 | UInt64(set & (FS_STATION_SETS &- 1)))
  }

  /// The word of a station, or 0.
  @inline(__always)
  public static func find(_ set: UnsafeMutablePointer<UInt64>, tag: UInt64) -> UInt64 {
    var i = 0
    while i < 8 {
      let word = set[i]
      if self.tag(ofWord: word) == tag && word != 0 { return word }
      i &+= 1
    }
    return 0
  }

  /// Enters a station or refreshes it. If it moved, every older copy goes (two CPUs may have entered it at once). In a
  /// full set one entry gives way, at random: nobody can choose which. Returns the port that it moved from + 1, or 0. A
  /// pool's router stays where it is: `FS_PORTS` + its number.
  @inline(__always)
  public static func learn(
    _ set: UnsafeMutablePointer<UInt64>, tag: UInt64, port: UInt32, now: UInt32, random: UInt64
  ) -> UInt32 {
    var left: UInt32 = 0
    let fresh = word(tag: tag, port: port, seen: now)
    var i = 0
    while i < 8 {
      let word = set[i]
      if self.tag(ofWord: word) == tag && word != 0 {
        if (word ^ fresh) & UInt64(portMask) << 8 == 0 {
          if word != fresh { set[i] = fresh }
          return left
        }
        if self.port(word) == FS_STATION_ROUTER { return FS_PORTS | router(word) }
        left = self.port(word) &+ 1
        set[i] = 0
      }
      i &+= 1
    }
    i = 0
    while i < 8 {
      if set[i] == 0 {
        set[i] = fresh
        return left
      }
      i &+= 1
    }
    i = 0
    while i < 8 {
      let any = (Int(truncatingIfNeeded: random) &+ i) & 7
      if self.port(set[any]) != FS_STATION_ROUTER {
        set[any] = fresh
        return left
      }
      i &+= 1
    }
    return left
  }
}

/// Arithmetic of the coarse time, which counts 0...254.
public enum Age {
  @inline(__always)
  public static func between(_ then: UInt32, _ now: UInt32) -> UInt32 {
    now >= then ? now &- then : now &+ 255 &- then
  }
}
