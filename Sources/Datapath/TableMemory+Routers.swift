import CTables
import Forwarding
public import Wire

// Routers of pools (WO 99/33227, H9, H10), and how the switch reaches one member (ProbeAddress).
extension TableMemory {
  /// What is known of a router, 0...255; its counters go on. Nil: the number is nobody's, and counts from zero. Where its
  /// MAC or port changes, what speaks as it is checked anew on every port.
  public func setRouter(_ index: Int, _ entry: RouterEntry?) {
    let former = (base(.routers, of: fs_router.self) + index).pointee.link
    let link = entry?.link?.word ?? 0
    defer {
      if former != link { forgetLastSources(of: [former & 0xffff_ffff_ffff, link & 0xffff_ffff_ffff]) }
    }
    for cpu in 0..<dimensions.cpus {
      let record = base(.routers, of: fs_router.self) + cpu * Int(FS_ROUTERS) + index
      guard let entry else {
        record.pointee = fs_router()
        continue
      }
      record.pointee.steer4 = UInt32(clamping: (entry.steerIPv4 ?? -1) + 1)
      record.pointee.steer6 = UInt32(clamping: (entry.steerIPv6 ?? -1) + 1)
      record.pointee.flags = entry.isDead ? FS_ROUTER_DEAD : 0
      record.pointee.link = link
    }
  }

  /// What `setRouter` was told; nil for a router without a link that nothing is steered away from.
  public func router(_ index: Int) -> RouterEntry? {
    let record = (base(.routers, of: fs_router.self) + index).pointee
    if record.link | UInt64(record.steer4 | record.steer6 | record.flags) == 0 { return nil }
    return RouterEntry(
      link: MemberLink(word: record.link), steerIPv4: record.steer4 == 0 ? nil : Int(record.steer4) - 1,
      steerIPv6: record.steer6 == 0 ? nil : Int(record.steer6) - 1,
      isDead: record.flags & FS_ROUTER_DEAD != 0)
  }

  public func routerCounters(_ index: Int) -> RouterCounters {
    var sum = RouterCounters()
    for cpu in 0..<dimensions.cpus {
      let record = (base(.routers, of: fs_router.self) + cpu * Int(FS_ROUTERS) + index).pointee
      sum.packets &+= record.packets
      sum.bytes &+= record.bytes
    }
    return sum
  }

  /// Ports whose last source has one of these MACs, on whatever VLAN, look at it again.
  private func forgetLastSources(of macs: Set<UInt64>) {
    let ports = base(.ports, of: fs_port.self)
    for index in 0..<dimensions.cpus * Int(FS_PORTS) {
      let last = ports[index].last_source
      if last != 0 && macs.contains(last & 0xffff_ffff_ffff) { ports[index].last_source = 0 }
    }
  }

  /// From now on frames for this MAC on this VLAN go by the router's record, which must be set. Replaces what was
  /// learned. May be repeated, and should be: a frame of the router's at the same moment can leave a learned copy.
  /// False: eight routers have the set already.
  @discardableResult
  public func enterRouterStation(_ mac: MACAddress, vlan: VLANID, router: Int) -> Bool {
    let key = mac.raw | UInt64(vlan.raw) << 48
    let mixed = StationTable.mixed(key)
    let set = base(.stations, of: UInt64.self) + Int(StationTable.set(mixed)) * 8
    let tag = StationTable.tag(mixed)
    let fresh = StationTable.word(tag: tag, port: FS_STATION_ROUTER, seen: UInt32(router))
    let copies = (0..<8).filter { set[$0] != 0 && StationTable.tag(ofWord: set[$0]) == tag }
    if copies.count == 1, set[copies[0]] == fresh { return true }
    guard let way = copies.first ?? wayForRouter(set) else { return false }
    let pushedOut = set[way]
    set[way] = fresh
    for copy in copies.dropFirst() { set[copy] = 0 }
    // What spoke as this MAC is checked anew; what gave way is learned anew.
    for port in 0..<Int(FS_STATION_ROUTER) { forgetLastSource(key, port: port) }
    if pushedOut != 0 && StationTable.tag(ofWord: pushedOut) != tag {
      let key = StationTable.key(set: StationTable.set(mixed), word: pushedOut)
      forgetLastSource(key, port: Int(StationTable.port(pushedOut)))
    }
    return true
  }

  /// A free way, or the one whose station was silent for the longest time.
  private func wayForRouter(_ set: UnsafeMutablePointer<UInt64>) -> Int? {
    if let free = (0..<8).first(where: { set[$0] == 0 }) { return free }
    let now = clock.coarse
    return (0..<8).filter { StationTable.port(set[$0]) != FS_STATION_ROUTER }
      .max { Age.between(StationTable.seen(set[$0]), now) < Age.between(StationTable.seen(set[$1]), now) }
  }

  /// The MAC is no pool router's any more: it is learned like any other. A learned word stays.
  public func removeRouterStation(mac: MACAddress, vlan: VLANID) {
    let key = mac.raw | UInt64(vlan.raw) << 48
    let mixed = StationTable.mixed(key)
    let set = base(.stations, of: UInt64.self) + Int(StationTable.set(mixed)) * 8
    let tag = StationTable.tag(mixed)
    for way in 0..<8 where set[way] != 0 && StationTable.tag(ofWord: set[way]) == tag {
      if StationTable.port(set[way]) == FS_STATION_ROUTER { set[way] = 0 }
    }
    for port in 0..<Int(FS_STATION_ROUTER) { forgetLastSource(key, port: port) }
  }

  /// The port behind which a station of this word is; nil for a router that is not resolved.
  func port(ofWord word: UInt64) -> Int? {
    let port = StationTable.port(word)
    if port != FS_STATION_ROUTER { return Int(port) }
    let router = (base(.routers, of: fs_router.self) + Int(StationTable.router(word))).pointee
    return MemberLink(word: router.link)?.port
  }

  /// Which of a pool's buckets a server's MAC has, where the pool hashes by server (`FS_HASH_SERVER`).
  /// - Parameters:
  ///   - seed: the cluster's.
  ///   - buckets: how many the pool has, a power of two.
  public static func serverBucket(_ mac: MACAddress, seed: UInt32, buckets: Int) -> Int {
    Int(FlowKey.hash(server: mac.raw, seed: seed)) & (buckets - 1)
  }

  /// The MAC by which the switch itself reaches this member, whatever its buckets are (see `ProbeAddress`).
  public static func probeMAC(member: Int) -> MACAddress {
    MACAddress(raw: ProbeAddress.mac(member: UInt32(member)))
  }

  /// Sources of sticky clusters are no longer sent to a stopped member.
  public func setMemberStopped(_ index: Int, _ isStopped: Bool) {
    for cpu in 0..<dimensions.cpus {
      (base(.members, of: fs_member.self) + cpu * dimensions.members + index).pointee.flags =
        isStopped ? FS_MEMBER_STOPPED : 0
    }
  }

  /// Frees the sources that were silent for longer than `limit` (in 6.4 s); returns how many are remembered.
  public func ageSources(limit: UInt32) -> Int {
    let now = SourceTable.time(fine: clock.fine)
    let words = base(.sources, of: UInt64.self)
    var used = 0
    for i in 0..<dimensions.sourceSets * 8 where words[i] != 0 {
      if SourceTable.age(words[i], now) > limit { words[i] = 0 } else { used += 1 }
    }
    return used
  }
}
