#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// Routers of pools (WO 99/33227, H9, H10). Each one's own MAC is a station of its kind, so that frames for it are seen:
//
//  from                │ router can serve    │ it can't (`steer4`, `steer6` name its pool)
//  a server, IPv4/IPv6 │ to it               │ by the pool's buckets to another one, as a cluster's frames
//  a server, else      │ to it               │ to it: ARP and neighbour discovery are about this very router
//  anybody else        │ to it               │ to it: probes, other routers
extension Pipeline {
  /// Which pool takes the frame instead of the router: the cluster's index + 1, or 0.
  @inline(__always)
  func steering(
    _ router: UnsafeMutablePointer<fs_router>, _ frame: Frame, type: UInt16, l3: Int,
    _ ingress: UnsafeMutablePointer<fs_port>
  ) -> UInt32 {
    if ingress.pointee.flags & FS_PORT_SERVERS == 0 { return 0 }
    if type == EtherType.ipv4 { return router.pointee.steer4 }
    if type != EtherType.ipv6 || isNeighbourDiscovery(frame.from(l3)) { return 0 }
    return router.pointee.steer6
  }

  /// To the router itself.
  @inline(__always)
  func deliver(
    _ frame: Frame, to router: UnsafeMutablePointer<fs_router>, type: UInt16, l3: Int, from port: UInt32
  ) -> Verdict {
    let link = router.pointee.link
    if link & FS_LINK_VALID == 0 { return drop(.noMember, port) }
    let verdict = send(frame, to: StationTable.port(ofLink: link), type: type, l3: l3, from: port)
    if case .forward = verdict {
      router.pointee.packets &+= 1
      router.pointee.bytes &+= UInt64(truncatingIfNeeded: frame.count)
    }
    return verdict
  }

  // Functions of their own in the kernel.

  /// Of a source that is a pool's router: FS_ROUTER_…, and bit 32. Of any other: 0. `key`: MAC and VLAN << 48.
  @inline(never)
  func routerFlags(_ key: UInt64) -> UInt64 {
    let mixed = StationTable.mixed(key)
    guard let set = tables.stations(StationTable.set(mixed)) else { return 0 }
    let word = StationTable.find(set, tag: StationTable.tag(mixed))
    guard word != 0, StationTable.port(word) == FS_STATION_ROUTER,
      let router = tables.router(StationTable.router(word))
    else { return 0 }
    return UInt64(router.pointee.flags) | 1 << 32
  }

  /// The MAC of the router that has the bucket of a server's MAC, or 0. A pool that balances flows is answered with its
  /// virtual MAC. `base`: that of cluster 0, as a number.
  @inline(never)
  func routerOfServer(_ pool: UInt64, _ server: UInt64, _ base: UInt64) -> UInt64 {
    guard let cluster = tables.cluster(UInt32(truncatingIfNeeded: pool)) else { return 0 }
    let wanted = FS_CLUSTER_ACTIVE | FS_CLUSTER_POOL
    if cluster.pointee.flags & wanted != wanted { return 0 }
    if cluster.pointee.flags >> FS_HASH_SHIFT & 3 != FS_HASH_SERVER {
      return (base &+ pool).byteSwapped >> 16
    }
    guard let settings = tables.settings() else { return 0 }
    let hash = FlowKey.hash(server: server, seed: settings.pointee.hash_seed)
    let number = cluster.pointee.first_bucket &+ (hash & cluster.pointee.bucket_mask)
    guard let bucket = tables.bucket(number) else { return 0 }
    let index = UInt32(truncatingIfNeeded: bucket.pointee.assignment) & FS_MEMBER_MASK
    guard index != 0, let member = tables.member(index) else { return 0 }
    let link = member.pointee.link
    return link & FS_LINK_VALID != 0 ? link & 0xffff_ffff_ffff : 0
  }
}
