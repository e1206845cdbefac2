public import CTables
import Datapath
public import Wire

extension TestSwitch {
  /// A pool of these routers. Each one's own MAC is a station of its kind; router i has the number i + `first`.
  public func pool(
    of routers: [Member], isIPv6: Bool = false, hash: UInt32 = FS_HASH_SERVER, vlan: Int = 0, first: Int = 0
  ) -> Cluster {
    let any: IPPrefix = isIPv6 ? "::/0" : "0.0.0.0/0"
    let made = cluster(any, vlan: vlan, hash: hash, members: routers, isAnswered: false)
    let id = VLANID(raw: UInt16(vlan))
    tables.setCluster(
      made.index,
      ClusterEntry(
        address: any, vlan: id, hash: hash, firstBucket: made.buckets.lowerBound, buckets: made.buckets.count,
        pool: true))
    for (i, router) in routers.enumerated() {
      tables.setRouter(
        first + i, RouterEntry(link: MemberLink(mac: router.mac, port: router.port)))
      tables.enterRouterStation(router.mac, vlan: id, router: first + i)
    }
    return made
  }

  /// Which router of a per-server pool has the bucket of this server.
  public func router(of pool: Cluster, for server: MACAddress) -> Member? {
    let bucket = TableMemory.serverBucket(server, seed: TestSwitch.hashSeed, buckets: pool.buckets.count)
    let index = tables.bucket(pool.buckets.lowerBound + bucket).current
    return pool.members.first { $0.index == index }
  }
}
