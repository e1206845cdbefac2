#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// The lane for what most frames are: TCP and UDP behind a plain IP header, from the port's last source,
//  - to a station that is known, or
//  - to a cluster that balances flows, for a steady bucket whose member is on the same VLAN.
// Here stand the tests that say so, and what the way through the other files comes to once they hold: half the
// instructions. Whatever else a frame is, or would be refused for, the lane leaves untouched, and the pipeline goes on as
// if there were no lane.
//
// What a frame costs here is less its instructions than the chain of loads of which each needs the one before: the frame, its
// cluster, the bucket, the member. So what stands before the cluster, and the hash, need nothing but the frame and
// `settings`, whose place is known; the port's record is no link of the chain.
extension Pipeline {
  /// The port that the frame leaves by, rewritten and counted; or nil, and nothing has changed.
  @inline(__always)
  func express(
    _ frame: Frame, _ size: UInt64, _ ingress: UnsafeMutablePointer<fs_port>,
    _ settings: UnsafeMutablePointer<fs_switch>, _ port: UInt32
  ) -> UInt32? {
    // A tag, an IPv4 header, and TCP as far as its flags: shorter frames are rare.
    guard frame.has(52) else { return nil }
    var type = frame.raw16(12)
    var l3 = 14
    var vlan: UInt32 = 0
    // Bytes before the IP header, with the tag that is aside.
    var ahead = 14
    if frame.aside.isUsed {
      vlan = frame.aside.tag & 0xfff
      ahead = 14 &+ Int(frame.aside.tag >> 16) &* 4
    } else if type == EtherType.vlan {
      vlan = UInt32(frame.u16(14)) & 0xfff
      type = frame.raw16(16)
      l3 = 18
      ahead = 18
    }
    let source = frame.mac(6) | UInt64(vlan | 0x8000) << 48
    guard source == ingress.pointee.last_source else { return nil }
    let p = frame.from(l3)
    let destination = frame.mac(0)
    let index = (destination.byteSwapped >> 16) &- settings.pointee.mac_base
    if index >= UInt64(settings.pointee.mac_count) {
      return station(destination, vlan, p, type: type, size, port)
    }
    return cluster(
      UInt32(truncatingIfNeeded: index), vlan, frame, p, type: type, ahead: ahead, size, ingress, settings,
      port)
  }

  @inline(__always)
  private func station(
    _ destination: UInt64, _ vlan: UInt32, _ p: Frame, type: UInt16, _ size: UInt64, _ port: UInt32
  ) -> UInt32? {
    guard destination & 1 == 0, type == EtherType.ipv4 || type == EtherType.ipv6 && isStream(p.u8(6)) else {
      return nil
    }
    let mixed = StationTable.mixed(destination | UInt64(vlan) << 48)
    guard let set = tables.stations(StationTable.set(mixed)) else { return nil }
    let word = StationTable.find(set, tag: StationTable.tag(mixed))
    let out = StationTable.port(word)
    guard word != 0, let egress = egress(out, p, size, port), egress.pointee.flags & FS_PORT_OWN == 0 else {
      return nil
    }
    count(egress, size)
    return out
  }

  @inline(__always)
  private func cluster(
    _ index: UInt32, _ vlan: UInt32, _ frame: Frame, _ p: Frame, type: UInt16, ahead: Int, _ size: UInt64,
    _ ingress: UnsafeMutablePointer<fs_port>, _ settings: UnsafeMutablePointer<fs_switch>, _ port: UInt32
  ) -> UInt32? {
    guard var entry = tables.cluster(index), entry.pointee.vlan == vlan else { return nil }
    let isIPv6 = type == EtherType.ipv6
    let family = isIPv6 ? FS_CLUSTER_ACTIVE | FS_CLUSTER_IPV6 : FS_CLUSTER_ACTIVE
    // Not sticky, and no other fields than a flow's decide.
    guard isIPv6 || type == EtherType.ipv4,
      entry.pointee.flags & ~(FS_CLUSTER_POOL | FS_CLUSTER_SERVICES) == family
    else { return nil }
    var index = index
    let number: UInt8
    let ports: UInt32
    var begins = false
    if isIPv6 {
      guard p.hasIndeed(54) else { return nil }
      number = p.u8(6)
      let length = UInt64(p.u16(4))
      guard p.u8(0) >> 4 == 6, length >= 4, UInt64(ahead &+ 40) &+ length <= size,
        p.raw64(32) & entry.pointee.mask_lo == entry.pointee.address_lo,
        p.raw64(24) & entry.pointee.mask_hi == entry.pointee.address_hi
      else { return nil }
      ports = p.raw32(40)
      begins = number == IPProtocol.tcp && length >= 14 && p.u8(53) & 0x12 == 0x02
    } else {
      guard p.hasIndeed(34) else { return nil }
      number = p.u8(9)
      let length = UInt64(p.u16(2))
      // Version 4, no options, no fragment.
      guard p.raw64(0) & 0xff3f_0000_0000_00ff == 0x45, length >= 24, UInt64(ahead) &+ length <= size,
        UInt64(p.raw32(16)) & entry.pointee.mask_lo == entry.pointee.address_lo, entry.pointee.address_hi == 0
      else { return nil }
      ports = p.raw32(20)
      begins = number == IPProtocol.tcp && length >= 34 && p.u8(33) & 0x12 == 0x02
    }
    guard isStream(number) else { return nil }
    if entry.pointee.flags & FS_CLUSTER_SERVICES != 0 {
      guard let named = service(entry, number, ports: ports), let cluster = tables.cluster(named),
        cluster.pointee.flags & ~(FS_CLUSTER_POOL | FS_CLUSTER_SERVICES) == family
      else { return nil }
      entry = cluster
      index = named
    }
    var hash = UInt64(settings.pointee.hash_seed)
    if isIPv6 {
      hash = fold(fold(fold(fold(hash, p.raw64(16)), p.raw64(8)), p.raw64(32)), p.raw64(24))
    } else {
      hash = fold(hash, p.raw64(12))
    }
    hash = fold(hash, UInt64(ports) | UInt64(number) << 32)
    let place = entry.pointee.first_bucket &+ (FlowKey.finish(hash) & entry.pointee.bucket_mask)
    guard let bucket = tables.bucket(place) else { return nil }
    let assignment = bucket.pointee.assignment
    let chosen = BucketFields.current(assignment)
    guard assignment & FS_BUCKET_TRANSIT == 0, chosen != 0, let member = tables.member(chosen) else {
      return nil
    }
    let link = member.pointee.link
    let out = StationTable.port(ofLink: link)
    guard link & FS_LINK_VALID != 0, member.pointee.vlan == vlan, let egress = egress(out, p, size, port),
      let counter = tables.bucketCounter(place)
    else { return nil }
    ingress.pointee.note =
      UInt64(index &+ 1) << UInt64(FS_NOTE_CLUSTER_SHIFT) | UInt64(vlan << FS_NOTE_VLAN_SHIFT | chosen)
    frame.setMAC(0, link & 0xffff_ffff_ffff)
    count(egress, size)
    counter.pointee.packets &+= 1
    counter.pointee.bytes &+= size
    member.pointee.packets &+= 1
    member.pointee.bytes &+= size
    if begins { member.pointee.new_flows &+= 1 }
    return out
  }

  @inline(__always)
  private func isStream(_ number: UInt8) -> Bool { number == IPProtocol.tcp || number == IPProtocol.udp }

  /// The record of the port, if the frame may leave by it.
  @inline(__always)
  private func egress(
    _ out: UInt32, _ frame: Frame, _ size: UInt64, _ port: UInt32
  ) -> UnsafeMutablePointer<fs_port>? {
    let longest = frame.aside.segment != 0 ? UInt64(truncatingIfNeeded: frame.aside.segment) : size
    guard out != port, let egress = tables.port(out), egress.pointee.flags & FS_PORT_UP != 0,
      longest <= UInt64(egress.pointee.max_frame)
    else { return nil }
    return egress
  }

  @inline(__always)
  private func count(_ egress: UnsafeMutablePointer<fs_port>, _ size: UInt64) {
    egress.pointee.tx_packets &+= 1
    egress.pointee.tx_bytes &+= size
  }
}
