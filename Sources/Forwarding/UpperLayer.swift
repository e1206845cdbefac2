#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

/// Where the IPv6 extension headers (RFC 8200 §4) end, and what they said about fragments. One word, so that it is what
/// a function of the eBPF target can return.
struct UpperLayer {
  private var word: UInt64

  /// From the IPv6 header's begin; at most `limit`.
  @inline(__always) var offset: Int { Int(truncatingIfNeeded: word & 0xfff) }
  @inline(__always) var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: word >> 16) }
  /// The chain is cut off, or longer than anybody needs.
  @inline(__always) var isBroken: Bool { word & 1 << 24 != 0 }
  /// A fragment header was there: more than one fragment.
  @inline(__always) var isFragment: Bool { word & 1 << 25 != 0 }
  @inline(__always) var isLaterFragment: Bool { word & 1 << 26 != 0 }
  /// The fragments' headers name another extension header: the upper layer's protocol is told by the first one only.
  @inline(__always) var isDeepFragment: Bool { word & 1 << 27 != 0 }
  /// The identification, as on the wire.
  @inline(__always) var identification: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }

  @inline(__always) static var mostHeaders: Int { 6 }
  /// Where the last header may begin.
  @inline(__always) static var limit: Int { 1400 }

  @inline(__always)
  private init(word: UInt64) { self.word = word }

  @inline(__always)
  static func behind(_ p: Frame, _ first: UInt8, _ port: UnsafeMutablePointer<fs_port>) -> UpperLayer {
    if !IPProtocol.isExtension(first) { return UpperLayer(word: 40 | UInt64(first) << 16) }
    return UpperLayer(word: walk(p.base, p.end, first, port))
  }

  /// Follows the chain of headers from the end of the IPv6 header at `base`. In the kernel a function of its own, which
  /// takes five words.
  @inline(never)
  private static func walk(
    _ base: UnsafeMutableRawPointer, _ end: UnsafeMutableRawPointer, _ first: UInt8,
    _ port: UnsafeMutablePointer<fs_port>
  ) -> UInt64 {
    let p = Frame(base: base, end: end)
    var next = first
    var offset = 40
    var fragment: UInt64 = 0
    let broken: UInt64 = 1 << 24
    var i = 0
    while i < mostHeaders {
      if !IPProtocol.isExtension(next) {
        return forget(UInt64(truncatingIfNeeded: offset) | UInt64(next) << 16 | fragment, port)
      }
      offset = forget(offset, port)
      if offset < 40 || offset > limit { return broken }
      let h = p.from(offset)
      guard h.hasIndeed(8) else { return broken }
      let kind = next
      next = h.u8(0)
      if kind == IPProtocol.fragment {
        let field = h.u16(2)
        offset &+= 8
        if field & 0xfff9 != 0 {
          fragment = 1 << 25 | UInt64(h.raw32(4)) << 32
          if IPProtocol.isExtension(next) { fragment |= 1 << 27 }
          if field & 0xfff8 != 0 {
            // What follows in a later fragment is payload, not a header.
            return forget(UInt64(next) << 16 | fragment | 1 << 26, port)
          }
        }
      } else {
        offset &+= (Int(h.u8(1)) &+ 1) &* 8
      }
      i &+= 1
    }
    if IPProtocol.isExtension(next) || offset > limit { return broken }
    return forget(UInt64(truncatingIfNeeded: offset) | UInt64(next) << 16 | fragment, port)
  }
}
