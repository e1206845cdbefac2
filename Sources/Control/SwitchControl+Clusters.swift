import Balancing
import CTables
import Datapath
import HealthProbe
import LinuxPlatform
import Logging
import ProxyARP
import SwitchModel
import Wire

// Clusters: from configuration and members' states to buckets.
extension SwitchControl {
  /// Writes clusters, services, members and answers; takes over what the tables hold from an earlier run.
  func fillClusters() {
    let wanted = Set(numbers.numbers.clusters.values)
    for index in 0..<tables.dimensions.clusters where !wanted.contains(index) {
      tables.setCluster(index, nil)
    }
    // Clusters that share an address share its MAC, which is the first one's.
    var firsts: [Place: Int] = [:]
    let clusters = configuration.clusters.map { cluster in
      let index = numbers.numbers.clusters[cluster.name] ?? 0
      let place = Place(address: cluster.address, vlan: cluster.vlan)
      let first = firsts[place] ?? index
      firsts[place] = first
      return runtime(of: cluster, pool: nil, first: first)
    }
    clusterTable =
      clusters
      + configuration.routerPools.map {
        runtime(of: $0.group, pool: $0, first: numbers.numbers.clusters[$0.name] ?? 0)
      }
    clusterPositions = Dictionary(
      clusterTable.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    noteAddresses()
    // What was found while there was a probe says nothing once it has been away.
    let watched = clusterTable.filter { $0.configuration.probe != nil }.flatMap { $0.members.map(\.key) }
    state.failedProbes.formIntersection(watched)
    leavers = clusterTable.reduce(0) { $0 + $1.leaving.count }
    for (position, cluster) in clusterTable.enumerated() {
      for (i, member) in cluster.members.enumerated() {
        memberPlaces[member.index] = MemberPlace(cluster: position, member: i)
      }
    }
    forgetStrangers()
    // Buckets before what leads to them.
    for position in clusterTable.indices { adoptOrClear(position) }
    fillServices()
    fillAnswers()
  }

  /// Nothing in the tables leads to members that this run does not know from the one before.
  private func forgetStrangers() {
    if !isAdopted { return }
    let known = state.numbers.members
    tables.forgetMembers(
      besides: Set(numbers.numbers.members.filter { known[$0.key] == $0.value }.map(\.value.index)))
  }

  private struct Place: Hashable {
    var address: IPPrefix
    var vlan: VLANID
  }

  /// Asked for with every message that comes in.
  private func noteAddresses() {
    for (position, cluster) in clusterTable.enumerated() where cluster.pool == nil {
      let address = cluster.configuration.address
      if !address.isSingleAddress {
        subnetClusters.append(position)
        continue
      }
      for vlan in Set([cluster.configuration.vlan] + cluster.members.map(\.configuration.vlan)) {
        let key = NeighbourKey(vlan: vlan, address: address.address)
        if virtualMACs[key] == nil { virtualMACs[key] = cluster.virtualMAC }
      }
    }
  }

  /// - Parameter first: the number of the cluster whose MAC it has.
  private func runtime(
    of cluster: ClusterConfiguration, pool: RouterPoolConfiguration?, first: Int
  ) -> ClusterRuntime {
    let index = numbers.numbers.clusters[cluster.name] ?? 0
    let extent = numbers.numbers.buckets[cluster.name]
    let now = time.wall.description
    let members = cluster.members.map { member in
      let key = NumberAllocator.memberKey(cluster.name, member.name)
      let number = numbers.numbers.members[key]
      return MemberRuntime(
        configuration: member, key: key, index: number?.index ?? 0, port: number?.port ?? 0,
        admin: state.adminStates[key] ?? .enabled,
        health: state.failedProbes.contains(key) && isWatched(cluster) ? .failed : .unknown,
        lastChange: now)
    }
    return ClusterRuntime(
      configuration: cluster, pool: pool, index: index, firstBucket: extent?.first ?? 0, members: members,
      machine: BucketMachine(count: cluster.buckets, timing: bucketTiming), leaving: leaving(cluster),
      virtualMAC: virtualMAC(first))
  }

  private func isWatched(_ cluster: ClusterConfiguration) -> Bool { cluster.probe != nil }

  private func leaving(_ cluster: ClusterConfiguration) -> [LeavingMember] {
    if !isAdopted { return [] }
    let prefix = NumberAllocator.memberKey(cluster.name, "")
    return numbers.leaving.filter { $0.hasPrefix(prefix) }.sorted().compactMap { key in
      guard let member = numbers.numbers.members[key], tables.memberLink(member.index) != nil else {
        return nil
      }
      return LeavingMember(
        name: String(key.dropFirst(prefix.count)), key: key, index: member.index, port: member.port)
    }
  }

  func virtualMAC(_ cluster: Int) -> MACAddress {
    MACAddress(number: configuration.virtualMAC.number + UInt64(cluster))
  }

  var bucketTiming: BucketTiming {
    func ticks(_ duration: Duration) -> UInt32 { UInt32(clamping: Int(duration / .milliseconds(100))) }
    return BucketTiming(observe: ticks(configuration.observeTime), settle: ticks(configuration.settleTime))
  }

  private func fillAnswers() {
    var wanted: [AnswerEntry] = []
    var keys: Set<NeighbourKey> = []
    var subnets: [(prefix: IPPrefix, vlan: VLANID, mac: MACAddress)] = []
    for cluster in clusterTable {
      if let pool = cluster.pool {
        for entry in poolAnswers(pool, cluster) {
          if keys.insert(NeighbourKey(vlan: entry.vlan, address: entry.address)).inserted {
            wanted.append(entry)
          }
        }
        continue
      }
      let address = cluster.configuration.address
      // Also where its members are, on VLANs of their own: their claims are kept from each other there (H3, X2).
      let vlans = Set([cluster.configuration.vlan] + cluster.members.map(\.configuration.vlan))
      for vlan in vlans.sorted(by: { $0.raw < $1.raw }) {
        if address.isSingleAddress {
          let entry = AnswerEntry(
            address: address.address, vlan: vlan, mac: cluster.virtualMAC, isVirtual: true)
          if keys.insert(NeighbourKey(vlan: vlan, address: entry.address)).inserted { wanted.append(entry) }
        } else {
          subnets.append((address, vlan, cluster.virtualMAC))
        }
      }
    }
    // Neighbours of an earlier run stay (`adoptNeighbours`); addresses that were clusters' do not.
    for entry in tables.answers
    where (entry.isVirtual || entry.pool != nil)
      && !keys.contains(NeighbourKey(vlan: entry.vlan, address: entry.address))
    {
      tables.removeAnswer(entry.address, vlan: entry.vlan)
    }
    for entry in wanted where !tables.setAnswer(entry) {
      log.error("no room for the answer for \(entry.address): its clusters can't be reached")
    }
    tables.setSubnets(subnets)
  }

  /// Where clusters share an address, the services' sets stand one after the other; the first cluster's record leads
  /// to them.
  private func fillServices() {
    var next = 0
    let byMAC = Dictionary(grouping: clusterTable.indices, by: { clusterTable[$0].virtualMAC })
    for cluster in clusterTable where cluster.virtualMAC == virtualMAC(cluster.index) {
      let sharing = (byMAC[cluster.virtualMAC] ?? []).map { clusterTable[$0] }
      let named = sharing.flatMap { other in
        other.configuration.services.map {
          (protocolNumber: $0.protocolNumber, port: $0.port, cluster: other.index)
        }
      }
      var range: Range<Int>?
      if !named.isEmpty {
        var count = 1
        while count < 65536 {
          if let sets = TableMemory.serviceSets(named, count: count),
            next + count <= tables.dimensions.serviceSets
          {
            tables.setServices(next, sets)
            range = next..<next + count
            next += count
            break
          }
          count *= 2
        }
        if range == nil { log.error("cluster \(cluster.name): no room for its services") }
      }
      for member in sharing { fillCluster(member, services: range) }
    }
  }

  private func fillCluster(_ cluster: ClusterRuntime, services: Range<Int>?) {
    let hash =
      switch cluster.configuration.hash {
      case .flow: cluster.pool?.balance == .perServer ? FS_HASH_SERVER : FS_HASH_FLOW
      case .source: FS_HASH_SOURCE
      case .destination: FS_HASH_DESTINATION
      }
    tables.setCluster(
      cluster.index,
      ClusterEntry(
        address: cluster.configuration.address, vlan: cluster.configuration.vlan, hash: hash,
        firstBucket: cluster.firstBucket, buckets: cluster.configuration.buckets,
        services: services, pool: cluster.pool != nil, sticky: stickyUnits(cluster)))
  }

  /// Time limit of the sources' entries in units of 6.4 s, rounded up.
  func stickyUnits(_ cluster: ClusterRuntime) -> UInt32? {
    cluster.configuration.stickyTime.map {
      UInt32(min(max(($0 / .milliseconds(6400)).rounded(.up), 1), 30_000))
    }
  }

  /// The same for every switch with the same virtual MACs, so that two of them agree.
  var hashSeed: UInt32 {
    UInt32(truncatingIfNeeded: configuration.virtualMAC.number &* 0x9e37_79b9)
  }

  /// What the tables say of a cluster's members and buckets is true if it was written for the same members.
  private func adoptOrClear(_ position: Int) {
    let cluster = clusterTable[position]
    let known = state.numbers.members
    for i in cluster.members.indices {
      let member = cluster.members[i]
      let isKnown = isAdopted && known[member.key]?.index == member.index
      if !isKnown { tables.setMember(member.index, vlan: member.configuration.vlan, cluster: cluster.index) }
      if case .mac(let mac) = member.configuration.location {
        clusterTable[position].members[i].mac = mac
        clusterTable[position].members[i].answers = true
        tables.setMemberLink(member.index, MemberLink(mac: mac, port: member.port))
      } else if isKnown, let link = tables.memberLink(member.index) {
        clusterTable[position].members[i].mac = link.mac
        clusterTable[position].members[i].answers = true
      }
    }
    let states = adoptedBuckets(cluster)
    clusterTable[position].machine = BucketMachine(adopting: states, timing: bucketTiming, now: fine)
    if clusterTable[position].machine.transitions > 0 { movingClusters.insert(position) }
    clusterTable[position].isUsed = states.contains { $0 != .empty }
    adoptAvailability(position, states.first?.current)
    for i in clusterTable[position].members.indices {
      let member = clusterTable[position].members[i]
      tables.setMemberStopped(member.index, isAdopted && obstacle(member)?.isFinal == true)
      clusterTable[position].members[i].wasAble =
        isAdopted && states.contains { $0.current?.raw == UInt32(member.index) }
    }
    // It is no news that they still do.
    clusterTable[position].wasServing = clusterTable[position].members.contains { $0.wasAble }
    for (i, state) in states.enumerated() { write(cluster.firstBucket + i, state, began: false) }
  }

  /// The buckets as an earlier daemon left them. With twice as many as then, each half is as the whole was, since a
  /// bucket is the hash's lower bits: no flow moves. With fewer, flows of those that are gone go where the bucket goes
  /// that takes their place.
  private func adoptedBuckets(_ cluster: ClusterRuntime) -> [BucketState] {
    let count = cluster.configuration.buckets
    guard isAdopted, let extent = state.numbers.buckets[cluster.name],
      extent.first + extent.count <= tables.dimensions.buckets
    else {
      for i in 0..<count { tables.clearBucketCounters(cluster.firstBucket + i) }
      return Array(repeating: .empty, count: count)
    }
    let valid = Set(cluster.members.map(\.index) + cluster.leaving.map(\.index))
    let isSame = extent.first == cluster.firstBucket && extent.count == count
    return (0..<count).map { i in
      let (old, new) = (extent.first + i % extent.count, cluster.firstBucket + i)
      if !isSame {
        tables.clearBucketCounters(new)
        tables.startTransit(ofBucket: new, fine: fine)
      }
      return bucketState(tables.bucket(old), valid)
    }
  }

  /// A bucket's word in the machine's terms; members that are none now count as nobody.
  private func bucketState(_ word: BucketWord, _ valid: Set<Int>) -> BucketState {
    func member(_ number: Int) -> MemberIndex? {
      valid.contains(number) ? MemberIndex(raw: UInt32(number)) : nil
    }
    let (current, previous) = (member(word.current), member(word.previous))
    if !word.isTransit { return BucketState(current: current, previous: nil) }
    let withdrawn = member(word.withdrawn)
    let observed = word.isObserving ? (word.observesWithdrawn ? withdrawn : previous) : nil
    return BucketState(current: current, previous: previous, withdrawn: withdrawn, observed: observed)
  }

  func write(_ number: Int, _ state: BucketState, began: Bool) {
    func index(_ member: MemberIndex?) -> Int { Int(member?.raw ?? 0) }
    if state.observed != nil && began { tables.startTransit(ofBucket: number, fine: fine) }
    let word = BucketWord(
      current: index(state.current), previous: index(state.previous), withdrawn: index(state.withdrawnMember),
      isTransit: state.isInTransition, isObserving: state.observed != nil,
      observesWithdrawn: state.observed != nil && state.observed == state.withdrawnMember)
    if tables.bucket(number) != word { tables.setBucket(number, word) }
  }
}
