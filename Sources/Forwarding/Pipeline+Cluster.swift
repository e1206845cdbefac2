#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// A frame for a virtual MAC (WO 99/33227, H1, H2): cluster → service → bucket → member → the member's MAC.
extension Pipeline {
  @inline(__always)
  func cluster(
    _ index: UInt32, _ arrived: Frame, type: UInt16, l3: Int, vlan: UInt32,
    _ ingress: UnsafeMutablePointer<fs_port>, _ port: UInt32
  ) -> Verdict {
    guard let found = tables.cluster(index), found.pointee.flags & FS_CLUSTER_ACTIVE != 0 else {
      return drop(.noCluster, port)
    }
    var entry = found
    var index = index
    let came = UInt64(vlan << FS_NOTE_VLAN_SHIFT)
    ingress.pointee.note = UInt64(index &+ 1) << UInt64(FS_NOTE_CLUSTER_SHIFT) | came
    if entry.pointee.vlan != vlan { return drop(.wrongVLAN, port) }
    if EtherType.isTag(type) { return drop(.headerChain, port) }
    let isIPv6 = entry.pointee.flags & FS_CLUSTER_IPV6 != 0
    guard type == (isIPv6 ? EtherType.ipv6 : EtherType.ipv4) else { return drop(.notIP, port) }
    var reason = Reason.malformedIP
    guard let packet = Packet.parse(arrived.from(l3), isIPv6: isIPv6, ingress, reason: &reason) else {
      return drop(reason, port)
    }
    let frame = arrived.unseen
    let vlan = forget(vlan, ingress)
    guard frame.has(14) else { return drop(.runt, port) }
    guard
      packet.key.destinationLo & entry.pointee.mask_lo == entry.pointee.address_lo,
      packet.key.destinationHi & entry.pointee.mask_hi == entry.pointee.address_hi
    else { return drop(.wrongAddress, port) }

    let hasServices = entry.pointee.flags & FS_CLUSTER_SERVICES != 0
    // Also where the hash is over addresses: in transition it is the flow that has a member.
    let needsFirst = packet.isFragment && (hasServices || packet.hasPorts || packet.isDeepFragment)
    var choice = TransitChoice(member: 0, isNew: false, isLeaving: false)
    var number = UInt32.max
    if needsFirst { choice.member = forget(memberOfDatagram(packet, vlan, ingress), ingress) }
    if choice.member == 0 {
      let isEarly = needsFirst && packet.isLaterFragment
      let isByFlow = entry.pointee.flags >> FS_HASH_SHIFT & 3 == FS_HASH_FLOW
      if isEarly && (hasServices || isByFlow && (packet.isTCP || packet.isDeepFragment)) {
        return drop(.fragmentEarly, port)
      }
      if hasServices {
        guard let named = service(entry, packet.key.protocolNumber, ports: packet.key.ports),
          let cluster = tables.cluster(named)
        else {
          return drop(.noService, port)
        }
        entry = cluster
        index = named
        ingress.pointee.note = UInt64(index &+ 1) << UInt64(FS_NOTE_CLUSTER_SHIFT) | came
      }
      guard let settings = tables.settings() else { return drop(.noMember, port) }
      let hash = packet.key.hash(
        kind: entry.pointee.flags >> FS_HASH_SHIFT & 3, seed: settings.pointee.hash_seed,
        isIPv6: packet.isIPv6,
        server: frame.mac(6))
      number = entry.pointee.first_bucket &+ (hash & entry.pointee.bucket_mask)
      guard let bucket = tables.bucket(number) else { return drop(.noMember, port) }
      let assignment = bucket.pointee.assignment
      let isTransit = assignment & FS_BUCKET_TRANSIT != 0
      let sticky = sticky(entry, index, packet, assignment, ingress)
      if isTransit {
        if isEarly && (packet.isTCP || packet.isDeepFragment) { return drop(.fragmentEarly, port) }
        choice = chooseInTransit(assignment, packet, number, sticky: sticky, ingress)
      } else {
        choice.member = sticky != 0 ? sticky : UInt32(truncatingIfNeeded: assignment) & FS_MEMBER_MASK
        choice.isNew = packet.beginsConnection
      }
      choice.member = forget(choice.member, ingress)
      remember(packet, choice.member, ingress)
      if needsFirst { rememberDatagram(packet, vlan, choice.member, ingress) }
    }
    if number == UInt32.max { ingress.pointee.note |= UInt64(FS_NOTE_KNOWN) }
    return deliver(frame, choice, bucket: number, vlan: vlan, ingress, port: port)
  }

  /// The cluster that serves this protocol and port on the address, or nil. `ports`: of the packet, or of an error's quote
  /// reversed; the upper half is the service's.
  @inline(__always)
  func service(_ entry: UnsafeMutablePointer<fs_cluster>, _ protocolNumber: UInt8, ports: UInt32) -> UInt32? {
    let key = ServiceKey.key(protocolNumber: protocolNumber, port: UInt16(truncatingIfNeeded: ports >> 16))
    if let index = service(entry, key) { return index }
    return service(entry, ServiceKey.anyPort(key))
  }

  @inline(__always)
  private func service(_ entry: UnsafeMutablePointer<fs_cluster>, _ key: UInt64) -> UInt32? {
    let number =
      entry.pointee.first_service &+ (ServiceKey.hash(key) & entry.pointee.service_mask)
    guard let set = tables.services(number) else { return nil }
    if let index = ServiceKey.match(set.pointee.a, key) { return index }
    if let index = ServiceKey.match(set.pointee.b, key) { return index }
    if let index = ServiceKey.match(set.pointee.c, key) { return index }
    return ServiceKey.match(set.pointee.d, key)
  }

  /// Writes the member's MAC, sets its VLAN, counts, and sends.
  @inline(__always)
  private func deliver(
    _ frame: Frame, _ choice: TransitChoice, bucket: UInt32, vlan: UInt32,
    _ ingress: UnsafeMutablePointer<fs_port>, port: UInt32
  ) -> Verdict {
    ingress.pointee.note |= UInt64(choice.member & FS_MEMBER_MASK)
    guard choice.member != 0, let member = tables.member(choice.member) else { return drop(.noMember, port) }
    let link = member.pointee.link
    if link & FS_LINK_VALID == 0 { return drop(.noMember, port) }
    let out = StationTable.port(ofLink: link)
    let wanted = member.pointee.vlan
    let tag = tagChange(frame, from: vlan, to: wanted)
    let size = UInt64(truncatingIfNeeded: frame.count)
    if let reason = refusal(frame, to: out, tag: tag, from: port) { return drop(reason, port) }
    setVLAN(frame, from: vlan, to: wanted, tag)
    frame.setMAC(0, link & 0xffff_ffff_ffff)
    // A datagram whose member the fragment table told has no bucket.
    if bucket != UInt32.max, let counter = tables.bucketCounter(bucket) {
      counter.pointee.packets &+= 1
      counter.pointee.bytes &+= size
    }
    member.pointee.packets &+= 1
    member.pointee.bytes &+= size
    if choice.isNew { member.pointee.new_flows &+= 1 }
    if choice.isLeaving { member.pointee.leaving_packets &+= 1 }
    return .forward(port: out, tag: tag)
  }

  /// What a frame of one VLAN needs on another: a tag is rewritten in place; from or to an untagged VLAN it goes or
  /// comes (X2). A priority tag stays.
  @inline(__always)
  func tagChange(_ frame: Frame, from vlan: UInt32, to wanted: UInt32) -> TagChange {
    if wanted == vlan { return .keep }
    let aside = frame.aside
    if !(aside.isUsed ? aside.tag != 0 : EtherType.isTag(frame.raw16(12))) { return .push(vlan: wanted) }
    if wanted == 0 { return .pop }
    return aside.isUsed ? .replace(vlan: wanted) : .keep
  }

  /// Where the tag is rewritten in place.
  @inline(__always)
  func setVLAN(_ frame: Frame, from vlan: UInt32, to wanted: UInt32, _ tag: TagChange) {
    if wanted != vlan, case .keep = tag, frame.has(18) {
      frame.set16(14, frame.u16(14) & 0xf000 | UInt16(truncatingIfNeeded: wanted))
    }
  }
}
