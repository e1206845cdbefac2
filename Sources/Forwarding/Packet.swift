#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

/// An IP packet, parsed once: what every later step asks.
struct Packet {
  var key: FlowKey
  var identification: UInt32
  /// `isIPv6` and so on, in one word.
  private var flags: UInt64

  /// What the parser found.
  struct Flags {
    @inline(__always) static var ipv6: UInt64 { 1 }
    @inline(__always) static var fragment: UInt64 { 2 }
    @inline(__always) static var laterFragment: UInt64 { 4 }
    @inline(__always) static var error: UInt64 { 8 }
    @inline(__always) static var tcp: UInt64 { 16 }
    @inline(__always) static var begins: UInt64 { 32 }
    @inline(__always) static var ports: UInt64 { 64 }
    @inline(__always) static var deep: UInt64 { 128 }
  }

  @inline(__always) var isIPv6: Bool { flags & Flags.ipv6 != 0 }
  /// A fragment of a datagram that has more.
  @inline(__always) var isFragment: Bool { flags & Flags.fragment != 0 }
  @inline(__always) var isLaterFragment: Bool { flags & Flags.laterFragment != 0 }
  /// A fragment whose protocol only the first one tells (RFC 8200 §4.5: headers in the part that is fragmented).
  @inline(__always) var isDeepFragment: Bool { flags & Flags.deep != 0 }
  /// An ICMP error: `key` is then that of the quoted packet, reversed (X4).
  @inline(__always) var isError: Bool { flags & Flags.error != 0 }
  @inline(__always) var isTCP: Bool { flags & Flags.tcp != 0 }
  /// A TCP segment that begins a connection: SYN without ACK.
  @inline(__always) var beginsConnection: Bool { flags & Flags.begins != 0 }
  /// The protocol has ports (a later fragment's too, which does not show them).
  @inline(__always) var hasPorts: Bool { flags & Flags.ports != 0 }

  /// Parses at `p`, the IP header. Nil: `reason` says what is wrong.
  @inline(__always)
  static func parse(
    _ p: Frame, isIPv6: Bool, _ port: UnsafeMutablePointer<fs_port>, reason: inout Reason
  ) -> Packet? {
    var packet = Packet(
      key: FlowKey(
        sourceHi: 0, sourceLo: 0, destinationHi: 0, destinationLo: 0, ports: 0, protocolNumber: 0),
      identification: 0, flags: 0)
    let isGood =
      isIPv6 ? packet.readIPv6(p, port, &reason) : packet.readIPv4(p, port, &reason)
    if !isGood { return nil }
    packet.forgetAll(port)
    return packet
  }

  /// Each way through the parser would be verified anew to the end of the program.
  @inline(__always)
  private mutating func forgetAll(_ port: UnsafeMutablePointer<fs_port>) {
    key.sourceHi = forget(key.sourceHi, port)
    key.sourceLo = forget(key.sourceLo, port)
    key.destinationHi = forget(key.destinationHi, port)
    key.destinationLo = forget(key.destinationLo, port)
    let upper = forget(UInt64(key.ports) | UInt64(key.protocolNumber) << 32, port)
    key.ports = UInt32(truncatingIfNeeded: upper)
    key.protocolNumber = UInt8(truncatingIfNeeded: upper >> 32)
    let rest = forget(flags | UInt64(identification) << 32, port)
    flags = rest & 0xff
    identification = UInt32(truncatingIfNeeded: rest >> 32)
  }

  @inline(__always)
  private mutating func readIPv4(
    _ p: Frame, _ port: UnsafeMutablePointer<fs_port>, _ reason: inout Reason
  ) -> Bool {
    reason = .malformedIP
    guard p.has(20) else { return false }
    let first = p.u8(0)
    let header = Int(first & 0x0f) &* 4
    let total = Int(p.u16(2))
    guard first >> 4 == 4, header >= 20, total >= header, p.holds(total) else { return false }
    let field = p.u16(6) & 0x3fff
    key.sourceLo = UInt64(p.raw32(12))
    key.destinationLo = UInt64(p.raw32(16))
    key.protocolNumber = p.u8(9)
    identification = UInt32(p.raw16(4))
    if field != 0 { flags |= Flags.fragment }
    if IPProtocol.hasPorts(key.protocolNumber) { flags |= Flags.ports }
    if key.protocolNumber == IPProtocol.tcp { flags |= Flags.tcp }
    if field & 0x1fff != 0 {
      flags |= Flags.laterFragment
      return true
    }
    return readUpper(p.from(header), total &- header, IPProtocol.icmp, port, &reason)
  }

  @inline(__always)
  private mutating func readIPv6(
    _ p: Frame, _ port: UnsafeMutablePointer<fs_port>, _ reason: inout Reason
  ) -> Bool {
    reason = .malformedIP
    guard p.has(40), p.u8(0) >> 4 == 6 else { return false }
    let total = Int(p.u16(4)) &+ 40
    guard p.holds(total) else { return false }
    let upper = UpperLayer.behind(p, p.u8(6), port)
    if upper.isBroken {
      reason = .headerChain
      return false
    }
    key.sourceHi = p.raw64(8)
    key.sourceLo = p.raw64(16)
    key.destinationHi = p.raw64(24)
    key.destinationLo = p.raw64(32)
    key.protocolNumber = upper.protocolNumber
    identification = upper.identification
    flags |= Flags.ipv6
    if upper.isFragment { flags |= Flags.fragment }
    if upper.isDeepFragment { flags |= Flags.deep }
    if IPProtocol.hasPorts(key.protocolNumber) { flags |= Flags.ports }
    if key.protocolNumber == IPProtocol.tcp { flags |= Flags.tcp }
    if upper.isLaterFragment {
      flags |= Flags.laterFragment
      return true
    }
    guard upper.offset <= total else { return false }
    return readUpper(p.from(upper.offset), total &- upper.offset, IPProtocol.icmpv6, port, &reason)
  }

  /// Ports, flags or the quoted packet of an error. `length`: bytes of IP payload from `u` on.
  @inline(__always)
  private mutating func readUpper(
    _ u: Frame, _ length: Int, _ icmp: UInt8, _ port: UnsafeMutablePointer<fs_port>, _ reason: inout Reason
  ) -> Bool {
    let number = key.protocolNumber
    if IPProtocol.hasPorts(number) {
      guard length >= 4, u.hasIndeed(4) else { return false }
      key.ports = u.raw32(0)
      if number == IPProtocol.tcp && length >= 14 && u.hasIndeed(14) && u.u8(13) & 0x12 == 0x02 {
        flags |= Flags.begins
      }
    } else if number == icmp {
      guard length >= 1, u.hasIndeed(1) else { return true }
      let type = u.u8(0)
      let isAboutPacket =
        icmp == IPProtocol.icmpv6
        ? type >= 1 && type <= 4 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12
      if isAboutPacket {
        reason = .badQuote
        return icmp == IPProtocol.icmpv6 ? readQuoteIPv6(u, length, port) : readQuoteIPv4(u, length)
      }
    }
    return true
  }

  // The quoted packet was sent by the member: its source is the shared address. Reversed it is the flow's key as the
  // pipeline sees it on the way in. A quote of a later fragment, or one too short for ports, tells no flow.

  /// `length`: bytes of the ICMP message from `u` on; what stands behind them in the frame is no quote.
  @inline(__always)
  private mutating func readQuoteIPv4(_ u: Frame, _ length: Int) -> Bool {
    let q = u.from(8)
    guard length >= 28, q.hasIndeed(20), q.u8(0) >> 4 == 4 else { return false }
    let header = Int(q.u8(0) & 0x0f) &* 4
    guard header >= 20, q.u16(6) & 0x1fff == 0 else { return false }
    key.sourceLo = UInt64(q.raw32(16))
    key.destinationLo = UInt64(q.raw32(12))
    key.protocolNumber = q.u8(9)
    return readQuotedPorts(q.from(header), length &- 8 &- header)
  }

  @inline(__always)
  private mutating func readQuoteIPv6(
    _ u: Frame, _ length: Int, _ port: UnsafeMutablePointer<fs_port>
  ) -> Bool {
    let q = u.from(8)
    guard length >= 48, q.hasIndeed(40), q.u8(0) >> 4 == 6 else { return false }
    let upper = UpperLayer.behind(q, q.u8(6), port)
    if upper.isBroken || upper.isLaterFragment { return false }
    key.sourceHi = q.raw64(24)
    key.sourceLo = q.raw64(32)
    key.destinationHi = q.raw64(8)
    key.destinationLo = q.raw64(16)
    key.protocolNumber = upper.protocolNumber
    return readQuotedPorts(q.from(upper.offset), length &- 8 &- upper.offset)
  }

  @inline(__always)
  private mutating func readQuotedPorts(_ q: Frame, _ length: Int) -> Bool {
    flags = flags & ~(Flags.ports | Flags.tcp) | Flags.error
    if key.protocolNumber == IPProtocol.tcp { flags |= Flags.tcp }
    if IPProtocol.hasPorts(key.protocolNumber) {
      guard length >= 4, q.hasIndeed(4) else { return false }
      key.ports = UInt32(q.raw16(2)) | UInt32(q.raw16(0)) << 16
    }
    return true
  }
}
