import Balancing
import CTables
import Datapath
import LinuxPlatform
import ProxyARP
import SwitchModel
import Wire

extension ClusterRuntime {
  /// The router that a member of a pool is.
  func router(of member: MemberRuntime) -> RouterConfiguration? {
    pool?.members.first { $0.name == member.configuration.name }
  }

  /// The addresses that servers may have as next hop.
  var routerAddresses: [IPAddress] {
    pool?.members.flatMap { [$0.address] + ($0.linkLocal.map { [$0] } ?? []) } ?? []
  }
}

// Router pools (WO 99/33227, H9, H10). The datapath answers servers' questions for a router's address by the bucket of
// the server's MAC, and takes a dead router's frames to another one by the same buckets; control says who has which.
extension SwitchControl {
  /// They come after the clusters. Asked for with every message that comes in.
  var pools: Range<Int> { max(clusterTable.count - configuration.routerPools.count, 0)..<clusterTable.count }

  /// Addresses of pools' routers are nobody else's to answer for.
  static func reservedPrefixes(_ configuration: SwitchConfiguration) -> [ReservedPrefix] {
    let clusters = configuration.clusters.flatMap { cluster in
      Set([cluster.vlan] + cluster.members.map(\.vlan)).map {
        ReservedPrefix(vlan: $0, prefix: cluster.address)
      }
    }
    let routers = configuration.routerPools.flatMap { pool in
      pool.members.flatMap { router in
        ([router.address] + (router.linkLocal.map { [$0] } ?? [])).map {
          ReservedPrefix(vlan: pool.vlan, prefix: IPPrefix($0))
        }
      }
    }
    return clusters + routers
  }

  func poolAnswers(_ pool: RouterPoolConfiguration, _ cluster: ClusterRuntime) -> [AnswerEntry] {
    cluster.routerAddresses.map { AnswerEntry(address: $0, vlan: pool.vlan, pool: cluster.index) }
  }

  // MARK: Routers in the datapath

  private struct Station: Hashable {
    var mac: MACAddress
    var vlan: VLANID
  }

  /// Writes every router's record and station. One router may be in a pool of IPv4 and in one of IPv6.
  func fillRouters() {
    var entries: [Int: RouterEntry] = [:]
    var stations: [Station: Int] = [:]
    for position in pools {
      let cluster = clusterTable[position]
      let hasOthers = cluster.members.contains(where: canServe)
      for member in cluster.members {
        guard let mac = member.mac, let router = cluster.router(of: member),
          let allocated = numbers.numbers.routers[NumberAllocator.routerKey(router)]
        else { continue }
        let station = Station(mac: mac, vlan: router.vlan)
        let number = stations[station] ?? allocated
        stations[station] = number
        var entry = entries[number] ?? RouterEntry(link: MemberLink(mac: mac, port: member.port))
        if obstacle(member)?.isFinal == true {
          let steer = hasOthers ? cluster.index : nil
          if cluster.pool?.isIPv6 == true { entry.steerIPv6 = steer } else { entry.steerIPv4 = steer }
          // Servers learn IPv6 routers by their advertisements; an IPv4 pool alone says the same of the router.
          entry.isDead = true
        }
        entries[number] = entry
      }
    }
    for (number, entry) in entries { tables.setRouter(number, entry) }
    for known in tables.stations where known.router != nil {
      if stations[Station(mac: known.mac, vlan: known.vlan)] != known.router {
        tables.removeRouterStation(mac: known.mac, vlan: known.vlan)
      }
    }
    for number in 0..<Int(FS_ROUTERS) where entries[number] == nil { tables.setRouter(number, nil) }
    for (station, number) in stations {
      tables.enterRouterStation(station.mac, vlan: station.vlan, router: number)
    }
  }

  // MARK: Servers and their routers

  /// The servers that are known to use a pool: members of clusters, and stations on ports with servers.
  func servers(of cluster: ClusterRuntime) -> [(mac: MACAddress, port: Int)] {
    guard let pool = cluster.pool else { return [] }
    var found: [MACAddress: Int] = [:]
    for other in clusterTable where other.pool == nil {
      for member in other.members where member.configuration.vlan == pool.vlan {
        if let mac = member.mac { found[mac] = member.port }
      }
    }
    let ports = Set(portTable.filter(\.hasServers).map(\.index))
    for station in tables.stations
    where station.vlan == pool.vlan && station.router == nil && ports.contains(station.port) {
      found[station.mac] = station.port
    }
    return found.sorted { $0.key.number < $1.key.number }.map { (mac: $0.key, port: $0.value) }
  }

  func bucket(of server: MACAddress, in cluster: ClusterRuntime) -> Int {
    TableMemory.serverBucket(server, seed: hashSeed, buckets: cluster.configuration.buckets)
  }

  /// The pool of which a router has the address.
  func pool(of address: IPAddress, vlan: VLANID) -> Int? {
    pools.first { clusterTable[$0].pool?.vlan == vlan && clusterTable[$0].routerAddresses.contains(address) }
  }

  func isServers(_ port: Int) -> Bool { portPosition(port).map { portTable[$0].hasServers } ?? false }

  /// The MAC that a server is told for every router of the pool (H9).
  private func routerMAC(for server: MACAddress, in cluster: ClusterRuntime) -> MACAddress? {
    if cluster.pool?.balance == .perFlow { return cluster.virtualMAC }
    guard let owner = cluster.machine.targets[bucket(of: server, in: cluster)] else { return nil }
    return cluster.members.first { $0.index == Int(owner.raw) }?.mac
  }

  /// A solicitation that had no room for the answer in the datapath.
  func answerServer(_ question: AddressQuestion, _ position: Int, on port: Int) {
    guard let at = portPosition(port), !question.askerIP.isUnspecified, question.askerIP != question.target,
      let mac = routerMAC(for: question.askerMAC, in: clusterTable[position])
    else { return }
    portTable[at].injector?.send(
      answer(question.target, at: mac, to: question.askerMAC, question.askerIP, vlan: question.vlan))
  }

  /// Known servers' buckets are dealt to the routers in turn (round robin by the servers' addresses, H9), moving the
  /// fewest. A server has the router back that it had, because its neighbour table still says so (H10).
  func dealServers(
    _ position: Int, _ targets: [MemberIndex?], _ shares: [MemberShare]
  ) -> [MemberIndex?] {
    let cluster = clusterTable[position]
    var seen: Set<Int> = []
    let buckets = servers(of: cluster).map { bucket(of: $0.mac, in: cluster) }.filter {
      seen.insert($0).inserted
    }
    let able = Set(shares.map(\.member))
    let held = buckets.map { bucket in
      cluster.homes[bucket].flatMap { able.contains($0) ? $0 : nil } ?? targets[bucket]
    }
    let fair = BucketAssignment(buckets: held).rebalanced(among: shares).buckets
    var result = targets
    for (bucket, router) in zip(buckets, fair) {
      result[bucket] = router
      let home = cluster.homes[bucket].flatMap { number in
        cluster.members.first { $0.index == Int(number.raw) }
      }
      // A dead router's servers are away for as long as it is dead.
      if home.map({ obstacle($0)?.isFinal == true }) != true { clusterTable[position].homes[bucket] = router }
    }
    clusterTable[position].homes = clusterTable[position].homes.filter { seen.contains($0.key) }
    return result
  }

  /// Servers that came since.
  func tickPools() {
    if pools.isEmpty { return }
    fillRouters()
    for position in pools {
      let cluster = clusterTable[position]
      if cluster.pool?.balance != .perServer { continue }
      let known = Set(servers(of: cluster).map { bucket(of: $0.mac, in: cluster) })
      if known.isSubset(of: cluster.homes.keys) { continue }
      assign(position)
    }
  }

  /// Buckets of a pool with ARP answers moved. Servers hear of it, but not from a dead router to another: what they send
  /// to it is carried by another one, and they are with it again when it is back (H10).
  func serversMoved(_ position: Int, from before: [MemberIndex?], to after: [MemberIndex?]) {
    let dead = Set(
      clusterTable[position].members.filter { obstacle($0)?.isFinal == true }.map { UInt32($0.index) })
    let told = after.indices.filter { bucket in
      before[bucket] != after[bucket] && before[bucket].map { !dead.contains($0.raw) } == true
    }
    if !told.isEmpty { tellServers(position, told) }
  }

  /// Single servers hear, unasked, which router is theirs now (WO 99/33227, H9): an unsolicited answer changes the
  /// entry that a server has, and makes none.
  func tellServers(_ position: Int, _ buckets: [Int]) {
    let cluster = clusterTable[position]
    guard let pool = cluster.pool, pool.balance == .perServer else { return }
    let wanted = Set(buckets)
    for server in servers(of: cluster) {
      let bucket = bucket(of: server.mac, in: cluster)
      guard wanted.contains(bucket), let mac = routerMAC(for: server.mac, in: cluster),
        let port = portPosition(server.port), portTable[port].isUp
      else { continue }
      for address in cluster.routerAddresses {
        portTable[port].injector?.send(notice(address, at: mac, to: server.mac, vlan: pool.vlan))
      }
    }
  }

  private func answer(
    _ address: IPAddress, at mac: MACAddress, to server: MACAddress, _ asker: IPAddress, vlan: VLANID
  ) -> [UInt8] {
    address.isIPv6
      ? NeighbourMessage.answer(address, at: mac, isRouter: true, vlan: vlan, to: server, asker).frame
      : ARPPacket.reply(address, at: mac, vlan: vlan, to: server, asker).frame
  }

  /// An announcement to one server alone. Hosts believe it although an answer came a moment ago, because nothing in it
  /// is the server's (in ARP the target fields repeat the sender's, RFC 5227 §3).
  private func notice(_ address: IPAddress, at mac: MACAddress, to server: MACAddress, vlan: VLANID)
    -> [UInt8]
  {
    if address.isIPv6 {
      var message = NeighbourMessage.announcement(of: address, at: mac, isRouter: true, vlan: vlan)
      message.destination = server
      return message.frame
    }
    var packet = ARPPacket.reply(address, at: mac, vlan: vlan, to: server, address)
    packet.targetMAC = mac
    return packet.frame
  }

  /// What servers on each bucket sent, as far as ports tell it: several servers on one port share what it counts.
  func serverCounters(_ cluster: ClusterRuntime) -> [UInt64] {
    var loads = Array(repeating: UInt64(0), count: cluster.configuration.buckets)
    let servers = servers(of: cluster)
    let byPort = Dictionary(grouping: servers, by: \.port)
    for (port, list) in byPort {
      let bytes = tables.portCounters(port).rxBytes
      for server in list { loads[bucket(of: server.mac, in: cluster)] &+= bytes / UInt64(list.count) }
    }
    return loads
  }

  /// A router said something about its own address, unasked: servers must not take its MAC for what they were told,
  /// but everybody else may hear it.
  func passOn(_ message: AddressMessage, _ frame: [UInt8], from port: Int) {
    guard let binding = message.binding,
      pools.contains(where: { clusterTable[$0].routerAddresses.contains(binding.address) })
    else { return }
    for other in portTable where other.isUp && other.index != port && !other.hasServers {
      other.injector?.send(frame)
    }
  }
}
