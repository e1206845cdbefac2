#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// The switch's own port, behind which is the host's stack: it probes members, and speaks for the switch. The stack knows
// no VLANs. It reaches members on any VLAN by their probe MACs, and what is for it loses its tag.
extension Pipeline {
  @inline(__always)
  func isProbe(_ destination: UInt64, _ ingress: UnsafeMutablePointer<fs_port>) -> Bool {
    ProbeAddress.isOne(destination) && ingress.pointee.flags & FS_PORT_OWN != 0
  }

  /// A frame of the switch's own for a probe MAC: to that member, whatever its buckets are. It is no traffic of the
  /// cluster's, so the member does not count it.
  @inline(__always)
  func probe(_ destination: UInt64, _ frame: Frame, vlan: UInt32, from port: UInt32) -> Verdict {
    guard let member = tables.member(ProbeAddress.member(destination)) else { return drop(.noMember, port) }
    let link = member.pointee.link
    if link & FS_LINK_VALID == 0 { return drop(.noMember, port) }
    let out = StationTable.port(ofLink: link)
    let wanted = member.pointee.vlan
    let tag = tagChange(frame, from: vlan, to: wanted)
    if let reason = refusal(frame, to: out, tag: tag, from: port) { return drop(reason, port) }
    setVLAN(frame, from: vlan, to: wanted, tag)
    frame.setMAC(0, link & 0xffff_ffff_ffff)
    // The member's answers come on its VLAN.
    if wanted != vlan { _ = enter(frame.mac(6) | UInt64(wanted & 0xfff) << 48, port, 0) }
    return .forward(port: out, tag: tag)
  }

  /// Whether a frame for the host's stack loses its tag: IP with one tag. ARP and neighbour discovery keep it, since
  /// control, which takes them from there, asks for the VLAN.
  @inline(__always)
  func losesTag(_ frame: Frame, type: UInt16, l3: Int) -> Bool {
    if l3 != (frame.aside.isUsed ? 14 : 18) || frame.aside.isUsed && frame.aside.tag == 0 { return false }
    if type == EtherType.ipv4 { return true }
    return type == EtherType.ipv6 && !isNeighbourDiscovery(frame.from(l3))
  }

  /// `p` begins at the IPv6 header.
  @inline(__always)
  func isNeighbourDiscovery(_ p: Frame) -> Bool {
    guard p.hasIndeed(41), p.u8(6) == IPProtocol.icmpv6 else { return false }
    let type = p.u8(40)
    return type == 135 || type == 136
  }
}
