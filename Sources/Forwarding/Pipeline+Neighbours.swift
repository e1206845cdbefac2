#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// Neighbour discovery (RFC 4861) for and from shared addresses; X1, H3. The table of `+ARP` holds with NS for request,
// NA for answer and :: for 0.0.0.0, and:
//  - a router solicitation whose source is shared goes to control, because routers learn from it (RFC 4861 §6.2.6);
//  - a dead router's advertisements are dropped; a living one's, of a pool, tell no MAC (`hideSource`);
//  - detection by somebody who is no member (RFC 4862 §5.4) goes to control, which defends: the answer is longer.
extension Pipeline {
  /// `p` begins at the IPv6 header. Nil: switch it like any other frame.
  @inline(__always)
  func neighbours(
    _ p: Frame, _ frame: Frame, _ vlan: UInt32, _ ingress: UnsafeMutablePointer<fs_port>, _ port: UInt32
  ) -> Verdict? {
    guard p.has(40) else { return nil }
    let next = p.u8(6)
    var offset = 40
    if next != IPProtocol.icmpv6 {
      if !IPProtocol.isExtension(next) || ingress.pointee.flags & FS_PORT_MEMBERS == 0 { return nil }
      // A member's claim may hide behind extension headers; receivers look there (RFC 6980 forbids fragments only).
      let upper = UpperLayer.behind(p, next, ingress)
      if upper.isBroken { return drop(.headerChain, port) }
      if upper.protocolNumber != IPProtocol.icmpv6 || upper.isLaterFragment { return nil }
      offset = upper.offset
      guard offset > 40 else { return nil }
    }
    offset = forget(offset, ingress) & 0xfff
    let m = p.from(offset)
    guard m.hasIndeed(8), p.u8(7) == 255, m.u8(1) == 0 else { return nil }
    let type = m.u8(0)
    if type < 133 || type > 136 { return nil }
    if type == 134 {
      let flags = routerFlags(frame.mac(6) | UInt64(vlan) << 48)
      if flags & UInt64(FS_ROUTER_DEAD) != 0 { return drop(.deadRouter, port) }
      if flags != 0 { hideSource(m.base, m.end, ingress) }
      return nil
    }
    if isProbe(frame.mac(0), ingress) { return nil }
    let sourceHi = p.raw64(8)
    let sourceLo = p.raw64(16)
    let sender = answer(AddressKey(hi: sourceHi, lo: sourceLo, vlan: vlan, isIPv6: true), ingress)
    let senderIsShared = sourceHi | sourceLo != 0 && sender.isVirtual
    if type == 133 { return senderIsShared ? punt(.claim, ingress, port) : nil }
    guard m.has(24) else { return senderIsShared ? punt(.claim, ingress, port) : nil }
    let targetHi = m.raw64(8)
    let targetLo = m.raw64(16)
    var found = answer(AddressKey(hi: targetHi, lo: targetLo, vlan: vlan, isIPv6: true), ingress)
    let targetIsVirtual = found.isVirtual
    if type == 136 {
      let isClaim = targetIsVirtual || senderIsShared || found.isPool && frame.u8(0) & 1 != 0
      return isClaim ? punt(.claim, ingress, port) : nil
    }
    if sourceHi | sourceLo == 0 {
      if !targetIsVirtual { return nil }
      let isMember = ingress.pointee.flags & FS_PORT_MEMBERS != 0
      return punt(isMember ? .claim : .defend, ingress, port)
    }
    if (senderIsShared || sender.isPool) && targetHi == sourceHi && targetLo == sourceLo {
      return punt(.claim, ingress, port)
    }
    let isPool = found.isPool
    found = forServer(found, isQuestion: true, frame, ingress)
    let isKept = senderIsShared || isRouters(sender, ingress)
    guard found.isVirtual || found.isKnown && isKept else {
      return isKept ? punt(.question, ingress, port) : nil
    }
    // Room for the option that carries the answer, and no headers between: else control builds the answer. For a pool's
    // router nobody does: a question to one host may lack the option (RFC 4861 §4.3). Who gets no answer to it asks
    // everybody, with the option (§7.3.3).
    guard offset == 40, p.u16(4) >= 32, p.has(72) else {
      return isPool && !senderIsShared ? nil : punt(.question, ingress, port)
    }
    frame.setMAC(0, frame.mac(6))
    frame.setMAC(6, found.mac)
    p.set16(4, 32)
    p.setRaw64(24, sourceHi)
    p.setRaw64(32, sourceLo)
    p.setRaw64(8, targetHi)
    p.setRaw64(16, targetLo)
    p.setRaw16(40, 0x0088)  // neighbour advertisement, code 0
    // Solicited and override, and router where the answer stands for one: a host drops routers that cease to say so.
    p.setRaw32(44, found.isRouter ? 0x0000_00e0 : 0x0000_0060)
    p.setRaw16(64, 0x0102)  // target link-layer address, 8 bytes
    p.setMAC(66, found.mac)
    p.setRaw16(42, 0)
    p.setRaw16(42, checksum(p))
    return reply(frame, ingress)
  }

  /// Makes the source link-layer address option of a router advertisement one that nobody knows (RFC 4727 §4: for
  /// experiments), so that servers ask for the router's MAC and are answered by their buckets. Routers may leave the
  /// option out for this very purpose (RFC 4861 §4.2).
  @inline(never)
  private func hideSource(
    _ base: UnsafeMutableRawPointer, _ end: UnsafeMutableRawPointer, _ port: UnsafeMutablePointer<fs_port>
  ) {
    let m = Frame(base: base, end: end)
    var offset = 16
    var i = 0
    while i < 12 {
      offset = forget(offset, port)
      if offset < 16 || offset > 1400 { return }
      let option = m.from(offset)
      guard option.hasIndeed(8) else { return }
      let length = option.u8(1)
      if length == 0 { return }
      if option.raw16(0) == 0x0101 {
        guard m.hasIndeed(4) else { return }
        option.set8(0, 253)
        // RFC 1624: 0x0101 becomes 0xfd01.
        var sum = UInt32(~m.u16(2)) &+ UInt32(0xfefe) &+ UInt32(0xfd01)
        sum = (sum & 0xffff) &+ (sum >> 16)
        sum = (sum & 0xffff) &+ (sum >> 16)
        m.set16(2, ~UInt16(truncatingIfNeeded: sum))
        return
      }
      offset &+= Int(length) &* 8
      i &+= 1
    }
  }

  /// ICMPv6 checksum (RFC 4443 §2.3) of a 32-byte message behind an IPv6 header without extensions.
  @inline(__always)
  private func checksum(_ p: Frame) -> UInt16 {
    var sum: UInt64 = UInt64(UInt16(32).bigEndian) &+ UInt64(UInt16(58).bigEndian)
    var i = 8
    while i < 72 {
      sum &+= UInt64(p.raw32(i))
      i &+= 4
    }
    sum = (sum & 0xffff_ffff) &+ (sum >> 32)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
