#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// Fragments (X3). Where the ports decide, only the first fragment knows the member: it leaves
// (source, destination, protocol, identification) → member, and later ones ask.
//
// A later fragment that comes first:
//  - TCP, or a cluster with services: dropped (`fragmentEarly`); a guess could end a connection, and TCP sends again;
//  - else it goes where the packet without its ports hashes to, and leaves a provisional entry, which the first
//    fragment follows when it comes: the datagram stays together.
extension Pipeline {
  @inline(__always)
  private func datagram(_ packet: Packet, _ seed: UInt64) -> UInt64 {
    var key = packet.key
    key.ports = packet.identification
    return key.tag(seed: seed)
  }

  /// In coarse time (3.2 s): as long as hosts wait for the rest of a datagram (RFC 8200 §4.5: 60 s; Linux 30 s).
  @inline(__always)
  private var lifetime: UInt32 { 10 }

  /// 0: unknown.
  @inline(__always)
  func memberOfDatagram(_ packet: Packet, _ ingress: UnsafeMutablePointer<fs_port>) -> UInt32 {
    guard let settings = tables.settings() else { return 0 }
    let tag = datagram(packet, settings.pointee.seed)
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
    _ packet: Packet, _ member: UInt32, _ ingress: UnsafeMutablePointer<fs_port>
  ) {
    guard let settings = tables.settings() else { return }
    let now = settings.pointee.coarse
    let tag = datagram(packet, settings.pointee.seed)
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
