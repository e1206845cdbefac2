#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// Fragments (X3). Where the ports decide, only the first fragment knows the member: it leaves
// (VLAN, source, destination, protocol, identification) → member, and later ones ask. IPv6 leaves the protocol out
// (RFC 8200 §4.5): a later fragment may not know it.
//
// A later fragment that comes first:
//  - TCP or perhaps TCP, or a cluster with services: dropped (`fragmentEarly`); a guess could end a connection, and TCP
//    sends again. Where addresses alone make the bucket, TCP is dropped only while the bucket is in transition;
//  - else it goes where the packet without its ports hashes to, and leaves a provisional entry, which the first
//    fragment follows when it comes: the datagram stays together.
extension Pipeline {
  @inline(__always)
  private func datagram(_ packet: Packet, _ vlan: UInt32, _ seed: UInt64) -> UInt64 {
    var key = packet.key
    key.ports = packet.identification
    if packet.isIPv6 { key.protocolNumber = 0 }
    return key.tag(seed: fold(seed, UInt64(vlan)))
  }

  /// In coarse time (3.2 s): as long as hosts wait for the rest of a datagram (RFC 8200 §4.5: 60 s; Linux 30 s).
  @inline(__always)
  private var lifetime: UInt32 { 10 }

  /// 0: unknown.
  @inline(__always)
  func memberOfDatagram(_ packet: Packet, _ vlan: UInt32, _ ingress: UnsafeMutablePointer<fs_port>) -> UInt32
  {
    guard let settings = tables.settings() else { return 0 }
    let tag = datagram(packet, vlan, settings.pointee.seed)
    guard let set = tables.fragments(UInt32(truncatingIfNeeded: tag) & (FS_FRAGMENT_SETS &- 1)) else {
      return 0
    }
    let way = forget(FlowTable.find(set, tag: tag), ingress)
    if way > 7 { return 0 }
    let word = set[way & 7]
    if Age.between(FlowTable.seen(word), settings.pointee.coarse) > lifetime { return 0 }
    // A first fragment decides itself, unless later ones went ahead of it.
    if !packet.isLaterFragment && !FlowTable.isMarked(word) { return 0 }
    return FlowTable.member(word)
  }

  @inline(__always)
  func rememberDatagram(
    _ packet: Packet, _ vlan: UInt32, _ member: UInt32, _ ingress: UnsafeMutablePointer<fs_port>
  ) {
    guard let settings = tables.settings() else { return }
    let now = settings.pointee.coarse
    let tag = datagram(packet, vlan, settings.pointee.seed)
    guard let set = tables.fragments(UInt32(truncatingIfNeeded: tag) & (FS_FRAGMENT_SETS &- 1)) else {
      return
    }
    let fresh = FlowTable.word(tag: tag, member: member, mark: packet.isLaterFragment, seen: now)
    let way = forget(FlowTable.find(set, tag: tag), ingress)
    if way < 8 {
      set[way & 7] = fresh
    } else {
      FlowTable.insertAnyway(
        set, fresh, now: now, lifetime: lifetime, random: tag >> 27 ^ ingress.pointee.rx_packets)
    }
  }
}
