import CTables
public import Datapath
public import Wire

/// What the generated frames are about: clusters of every kind on a test switch, and a small pool of addresses, so that
/// frames meet in the tables.
public struct GeneratedWorld: Sendable {
  public let clusters: [TestSwitch.Cluster]
  public let members: [TestSwitch.Member]
  public let pools: [TestSwitch.Cluster]
  /// Clusters' addresses, clients', neighbours', nobody's.
  public let addresses: [IPAddress]
  public let macs: [MACAddress]
  public let vlans = [0, 0, 0, 10, 20, 30, 4095]
  let entries: [ClusterEntry]

  public init(_ sw: TestSwitch) throws {
    sw.tables.setLimits(seed: 0x5eed, puntsPerTick: 20)
    let untagged = (1...4).map { sw.member(onPort: $0) }
    let tagged = (1...3).map { sw.member(onPort: $0, vlan: 20) }
    let web = sw.cluster("10.0.0.100", members: untagged)
    let vlan = sw.cluster("10.0.0.100", vlan: 10, members: tagged, sticky: 1)
    let six = sw.cluster("fd50::100", members: untagged)
    let names = sw.cluster("10.0.0.101", members: Array(untagged[0..<2]), isAnswered: false)
    let services = try sw.services(
      "10.0.0.101", [.init(6, 80, names), .init(17, 53, names), .init(132, 0, names)])
    let net = sw.cluster(
      "10.50.0.0/24", hash: FS_HASH_SOURCE, members: Array(untagged[1...3]), isAnswered: false, sticky: 8)
    let netSix = sw.cluster(
      "fd60::/64", hash: FS_HASH_DESTINATION, buckets: 8, members: untagged, isAnswered: false)
    sw.tables.setSubnets([(net.address, .untagged, net.mac), (netSix.address, .untagged, netSix.mac)])
    sw.neighbour("10.0.0.254", sw.router)
    sw.neighbour("fd50::254", sw.router, isRouter: true)
    sw.neighbour("10.0.0.253", "02:00:00:00:06:01", vlan: 10)
    let routers = [sw.member(onPort: 0), sw.member(onPort: 6)]
    let pools = [
      sw.pool(of: routers),
      sw.pool(of: [sw.member(onPort: 0), sw.member(onPort: 6)], isIPv6: true, hash: FS_HASH_FLOW, first: 2),
    ]
    sw.serve(on: 5)
    for (address, pool) in [("10.0.0.250", 0), ("10.0.0.249", 0), ("fd50::250", 1)] as [(IPAddress, Int)] {
      _ = sw.tables.setAnswer(AnswerEntry(address: address, vlan: .untagged, pool: pools[pool].index))
    }
    clusters = [web, vlan, six, names, services, net, netSix] + pools
    members = untagged + tagged + routers + pools[1].members
    self.pools = pools
    addresses = [
      "10.0.0.100", "10.0.0.101", "10.50.0.7", "10.50.0.200", "10.0.0.254", "10.0.0.253", "198.51.100.7",
      "198.51.100.8", "0.0.0.0", "fd50::100", "fd60::7", "fd60::8", "fd50::254", "2001:db8::7", "fe80::1",
      "::", "10.0.0.250", "10.0.0.249", "fd50::250",
    ]
    macs =
      clusters.map(\.mac) + members.map(\.mac) + [
        sw.router, "02:00:00:00:05:01", "02:00:00:00:06:01", .broadcast, "33:33:00:00:00:01",
        TestSwitch.ownMAC,
        "01:80:c2:00:00:0e", .zero, TableMemory.probeMAC(member: 2), TableMemory.probeMAC(member: 5),
        TableMemory.probeMAC(member: 60),
      ]
    entries = clusters.map { cluster in
      ClusterEntry(
        address: cluster.address, vlan: cluster.index == vlan.index ? VLANID(raw: 10) : .untagged,
        hash: cluster.index == net.index
          ? FS_HASH_SOURCE
          : cluster.index == netSix.index
            ? FS_HASH_DESTINATION : cluster.index == pools[0].index ? FS_HASH_SERVER : FS_HASH_FLOW,
        firstBucket: cluster.buckets.lowerBound, buckets: cluster.buckets.count,
        services: cluster.index == services.index ? 0..<16 : nil,
        pool: pools.contains { $0.index == cluster.index },
        sticky: cluster.index == vlan.index ? 1 : cluster.index == net.index ? 8 : nil)
    }
  }
}

/// Something that control does between frames.
public enum TableChange: Sendable {
  case tick(UInt32)
  case bucket(Int, BucketWord)
  case link(Int, MemberLink?)
  case portUp(Int, Bool)
  case longestFrame(Int, Int)
  case answer(AnswerEntry)
  case noAnswer(IPAddress)
  case cluster(Int, ClusterEntry?)
  case ageing(UInt32)
  case punts(Int)
  case router(Int, RouterEntry)
  case routerStation(MACAddress, Int?)
  case stopped(Int, Bool)

  public func apply(to sw: TestSwitch) {
    switch self {
    case .tick(let fine): sw.tick(fine)
    case .bucket(let number, let word): sw.tables.setBucket(number, word)
    case .link(let member, let link): sw.tables.setMemberLink(member, link)
    case .portUp(let port, let isUp): sw.setUp(port, isUp)
    case .longestFrame(let port, let bytes): sw.setLongestFrame(port, bytes)
    case .answer(let entry): _ = sw.tables.setAnswer(entry)
    case .noAnswer(let address): sw.tables.removeAnswer(address, vlan: .untagged)
    case .cluster(let index, let entry): sw.tables.setCluster(index, entry)
    case .ageing(let limit):
      sw.tables.ageStations(limit: limit)
      _ = sw.tables.ageFlows(limit: limit)
      _ = sw.tables.ageSources(limit: limit / 8)
      _ = sw.tables.refreshLastSources(ports: 8, earlier: [])
    case .router(let number, let entry): sw.tables.setRouter(number, entry)
    case .routerStation(let mac, let number):
      if let number {
        sw.tables.enterRouterStation(mac, vlan: .untagged, router: number)
      } else {
        sw.tables.removeRouterStation(mac: mac, vlan: .untagged)
      }
    case .stopped(let member, let isStopped): sw.tables.setMemberStopped(member, isStopped)
    case .punts(let count): sw.tables.setLimits(seed: 0, puntsPerTick: count)
    }
  }
}
