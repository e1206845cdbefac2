import LinuxPlatform
import ProxyARP
import Logging
import Balancing
import CTables
import Datapath
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
    clusterTable = configuration.clusters.map { runtime(of: $0) }
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

  private func runtime(of cluster: ClusterConfiguration) -> ClusterRuntime {
    let index = numbers.numbers.clusters[cluster.name] ?? 0
    let extent = numbers.numbers.buckets[cluster.name]
    // Clusters that share an address share its MAC, which is the first one's.
    let first =
      configuration.clusters.first { $0.address == cluster.address && $0.vlan == cluster.vlan } ?? cluster
    let firstIndex = numbers.numbers.clusters[first.name] ?? index
    let members = cluster.members.map { member in
      let key = NumberAllocator.memberKey(cluster.name, member.name)
      let number = numbers.numbers.members[key]
      return MemberRuntime(
        configuration: member, key: key, index: number?.index ?? 0, port: number?.port ?? 0,
        lastChange: time.wall.description)
    }
    return ClusterRuntime(
      configuration: cluster, index: index, firstBucket: extent?.first ?? 0, members: members,
      machine: BucketMachine(count: cluster.buckets, timing: bucketTiming), leaving: leaving(cluster),
      virtualMAC: virtualMAC(firstIndex))
  }

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

  private var bucketTiming: BucketTiming {
    func ticks(_ duration: Duration) -> UInt32 { UInt32(clamping: Int(duration / .milliseconds(100))) }
    return BucketTiming(observe: ticks(configuration.observeTime), settle: ticks(configuration.settleTime))
  }

  private func fillAnswers() {
    var wanted: [AnswerEntry] = []
    var keys: Set<NeighbourKey> = []
    var subnets: [(prefix: IPPrefix, vlan: VLANID, mac: MACAddress)] = []
    for cluster in clusterTable {
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
    where entry.isVirtual && !keys.contains(NeighbourKey(vlan: entry.vlan, address: entry.address)) {
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
    for cluster in clusterTable where cluster.virtualMAC == virtualMAC(cluster.index) {
      let sharing = clusterTable.filter { $0.virtualMAC == cluster.virtualMAC }
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
      case .flow: FS_HASH_FLOW
      case .source: FS_HASH_SOURCE
      case .destination: FS_HASH_DESTINATION
      }
    tables.setCluster(
      cluster.index,
      ClusterEntry(
        address: cluster.configuration.address, vlan: cluster.configuration.vlan, hash: hash,
        firstBucket: cluster.firstBucket, buckets: cluster.configuration.buckets, seed: hashSeed,
        services: services))
  }

  /// The same for every switch with the same virtual MACs, so that two of them agree.
  private var hashSeed: UInt32 {
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
    clusterTable[position].isUsed = states.contains { $0 != .empty }
    if cluster.configuration.mode == .availability {
      clusterTable[position].primary = states.first?.current.map { Int($0.raw) }
    }
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
    let current = member(word.current)
    if word.isTransit, let previous = member(word.previous) {
      return word.isObserving
        ? .observing(current: current, previous: previous) : .transit(current: current, previous: previous)
    }
    return current.map { .steady($0) } ?? .empty
  }

  private func write(_ number: Int, _ state: BucketState, began: Bool) {
    let current = Int(state.current?.raw ?? 0)
    let previous = Int(state.previous?.raw ?? 0)
    var isObserving = false
    if case .observing = state { isObserving = true }
    if isObserving && began { tables.startTransit(ofBucket: number, fine: fine) }
    let word = BucketWord(
      current: current, previous: previous, isTransit: state.isInTransition, isObserving: isObserving)
    if tables.bucket(number) != word { tables.setBucket(number, word) }
  }

  // MARK: Who can serve

  func canServe(_ member: MemberRuntime) -> Bool {
    member.isResolved && member.answers && isUp(port: member.port)
  }

  private func isUp(port: Int) -> Bool { portPosition(port).map { portTable[$0].isUp } ?? false }

  /// Gives a cluster's buckets to the members that can serve, moving as few as possible (X8).
  func assign(_ position: Int) {
    let cluster = clusterTable[position]
    let able = cluster.members.filter(canServe)
    var targets: [MemberIndex?]
    if cluster.configuration.mode == .availability {
      // H11: the primary stays; if it fails the first other one follows, and it does not come back by itself.
      // At the very start the first in the configuration is it, not the one that answered first.
      let isOpen = ticks < 30 && isUnused(cluster)
      if !able.contains(where: { $0.index == cluster.primary }) || isOpen {
        clusterTable[position].primary = able.first?.index
        if let next = able.first, cluster.primary != nil, cluster.primary != next.index {
          log.notice("cluster \(cluster.name): \(next.configuration.name) is primary now")
        }
      }
      let primary = clusterTable[position].primary.flatMap { MemberIndex(raw: UInt32($0)) }
      targets = Array(repeating: primary, count: cluster.configuration.buckets)
    } else {
      let shares = able.compactMap { member in
        MemberIndex(raw: UInt32(member.index)).map {
          MemberShare(member: $0, weight: UInt32(member.configuration.weight))
        }
      }
      targets = BucketAssignment(buckets: cluster.machine.targets).rebalanced(among: shares).buckets
    }
    if isUnused(cluster) {
      let states = targets.map { $0.map { BucketState.steady($0) } ?? .empty }
      clusterTable[position].machine = BucketMachine(adopting: states, timing: bucketTiming, now: fine)
      for (i, state) in states.enumerated() { write(cluster.firstBucket + i, state, began: true) }
      return
    }
    let dead = Set(
      (cluster.members.filter { !canServe($0) }.map(\.index)
        + cluster.leaving.filter { !isUp(port: $0.port) }.map(\.index))
        .compactMap { MemberIndex(raw: UInt32($0)) })
    for change in clusterTable[position].machine.plan(targets, dead: dead, now: fine) {
      write(cluster.firstBucket + change.bucket, change.state, began: true)
    }
  }

  /// No flow has come yet, so none can be moved.
  private func isUnused(_ cluster: ClusterRuntime) -> Bool {
    !cluster.isUsed
      && (0..<cluster.configuration.buckets).allSatisfy {
        tables.bucketCounters(cluster.firstBucket + $0).packets == 0
      }
  }

  func assignAll() {
    for position in clusterTable.indices { assign(position) }
  }

  /// Transitions go on with time.
  func tickClusters() {
    for position in clusterTable.indices where clusterTable[position].machine.transitions > 0 {
      let first = clusterTable[position].firstBucket
      let tables = tables
      let changes = clusterTable[position].machine.tick(fine) { tables.previousUse(ofBucket: first + $0) }
      for change in changes { write(first + change.bucket, change.state, began: true) }
    }
  }

  /// Former members that no bucket leads to any more are forgotten.
  func releaseLeaving() {
    for position in clusterTable.indices where !clusterTable[position].leaving.isEmpty {
      let states = clusterTable[position].machine.states
      let named = Set(states.flatMap { [$0.current, $0.previous] }.compactMap { $0.map { Int($0.raw) } })
      for member in clusterTable[position].leaving where !named.contains(member.index) {
        numbers.release(member.key)
        log.info("\(member.key), which is no member any more, has no flows left")
      }
      clusterTable[position].leaving.removeAll { !named.contains($0.index) }
    }
    let followed = Set(clusterTable.flatMap { $0.leaving.map(\.key) })
    let gone = numbers.leaving.subtracting(followed)
    for key in gone { numbers.release(key) }
    if numbers.numbers.members.count == state.numbers.members.count { return }
    tables.forgetMembers(besides: Set(numbers.numbers.members.values.map(\.index)))
    isStateDirty = true
  }

  /// A port went up or down: its members follow at once.
  func membersChanged(onPort port: Int, up: Bool) {
    perform(resolver.linkChanged(port: port, up: up, now: time.now))
    perform(neighbours.linkChanged(port: port, up: up, now: time.now))
    for position in clusterTable.indices {
      let isConcerned =
        clusterTable[position].members.contains { $0.port == port }
        || clusterTable[position].leaving.contains { $0.port == port }
      if !isConcerned { continue }
      for i in clusterTable[position].members.indices where clusterTable[position].members[i].port == port {
        clusterTable[position].members[i].lastChange = time.wall.description
      }
      assign(position)
    }
  }
}
