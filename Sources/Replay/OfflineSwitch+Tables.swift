import Balancing
import CTables
import Datapath
import SwitchModel
import Wire

// The tables, in the order in which control fills them at its start.
extension OfflineSwitch {
  func fill() throws(ReplayError) {
    tables.setClock(fine: 1)
    tables.setLimits(seed: 0x9e37_79b9_7f4a_7c15, puntsPerTick: 100)
    for place in places {
      tables.setMember(place.index, vlan: place.vlan, cluster: place.group)
      tables.setMemberLink(place.index, MemberLink(mac: place.mac, port: place.port))
    }
    for number in groups.indices { fillBuckets(number) }
    try fillServices()
    try fillAnswers()
    fillRouters()
    fillPorts()
  }

  func virtualMAC(_ group: Int) -> MACAddress {
    MACAddress(number: configuration.virtualMAC.number + UInt64(group))
  }

  /// The group whose virtual MAC is answered for a group's address.
  private func leader(_ group: Int) -> Int {
    if group >= configuration.clusters.count { return group }
    let own = configuration.clusters[group]
    return configuration.clusters.firstIndex { $0.address == own.address && $0.vlan == own.vlan } ?? group
  }

  private var hashSeed: UInt32 {
    UInt32(truncatingIfNeeded: configuration.virtualMAC.number &* 0x9e37_79b9)
  }

  private func pool(_ group: Int) -> RouterPoolConfiguration? {
    let index = group - configuration.clusters.count
    return index >= 0 ? configuration.routerPools[index] : nil
  }

  // MARK: Buckets

  private func fillBuckets(_ number: Int) {
    let group = groups[number]
    let own = zip(places.filter { $0.group == number }, group.members).map { (place: $0, member: $1) }
    let regular = own.filter { !$0.member.isLastResort }
    let serving = regular.isEmpty ? own : regular
    var targets = [MemberIndex?](repeating: nil, count: group.buckets)
    if group.mode == .availability {
      let primary = serving.first.flatMap { MemberIndex(raw: UInt32($0.place.index)) }
      targets = targets.map { _ in primary }
    } else if group.assignment == .maglev {
      let members = serving.compactMap { one in
        MemberIndex(raw: UInt32(one.place.index)).map {
          MaglevMember(member: $0, name: one.member.name, weight: UInt32(one.member.weight))
        }
      }
      targets = MaglevAssignment.buckets(count: group.buckets, members: members, seed: hashSeed).buckets
    } else {
      let shares = serving.compactMap { one in
        MemberIndex(raw: UInt32(one.place.index)).map {
          MemberShare(member: $0, weight: UInt32(one.member.weight))
        }
      }
      targets = BucketAssignment(count: group.buckets).rebalanced(among: shares).buckets
    }
    for (i, target) in targets.enumerated() {
      tables.setBucket(firstBuckets[number] + i, BucketWord(current: Int(target?.raw ?? 0)))
    }
  }

  // MARK: Clusters and their services

  private func fillServices() throws(ReplayError) {
    var next = 0
    for number in groups.indices where leader(number) == number {
      let sharing = groups.indices.filter { leader($0) == number }
      let named = sharing.flatMap { other in
        groups[other].services.map { (protocolNumber: $0.protocolNumber, port: $0.port, cluster: other) }
      }
      var range: Range<Int>?
      if !named.isEmpty {
        var count = 1
        while range == nil {
          guard next + count <= tables.dimensions.serviceSets else {
            throw ReplayError("cluster \(groups[number].name): no room for its services")
          }
          if let sets = TableMemory.serviceSets(named, count: count) {
            tables.setServices(next, sets)
            range = next..<next + count
          } else {
            count *= 2
          }
        }
        next += count
      }
      for member in sharing { fillCluster(member, services: range) }
    }
  }

  private func fillCluster(_ number: Int, services: Range<Int>?) {
    let group = groups[number]
    let hash =
      switch group.hash {
      case .flow: pool(number)?.balance == .perServer ? FS_HASH_SERVER : FS_HASH_FLOW
      case .source: FS_HASH_SOURCE
      case .destination: FS_HASH_DESTINATION
      }
    let sticky = group.stickyTime.map {
      UInt32(min(max(($0 / .milliseconds(6400)).rounded(.up), 1), 30_000))
    }
    tables.setCluster(
      number,
      ClusterEntry(
        address: group.address, vlan: group.vlan, hash: hash, firstBucket: firstBuckets[number],
        buckets: group.buckets, services: services, pool: pool(number) != nil, sticky: sticky)
    )
  }

  // MARK: Answers, routers, ports

  private func fillAnswers() throws(ReplayError) {
    var subnets: [(prefix: IPPrefix, vlan: VLANID, mac: MACAddress)] = []
    var entries: [AnswerEntry] = []
    for (number, group) in groups.enumerated() {
      let mac = virtualMAC(leader(number))
      if let pool = pool(number) {
        let addresses = pool.members.flatMap { [$0.address] + ($0.linkLocal.map { [$0] } ?? []) }
        entries += addresses.map { AnswerEntry(address: $0, vlan: pool.vlan, pool: number) }
        continue
      }
      for vlan in Set([group.vlan] + group.members.map(\.vlan)).sorted(by: { $0.raw < $1.raw }) {
        if group.address.isSingleAddress {
          entries.append(AnswerEntry(address: group.address.address, vlan: vlan, mac: mac, isVirtual: true))
        } else {
          subnets.append((group.address, vlan, mac))
        }
      }
    }
    for entry in entries where !tables.setAnswer(entry) {
      throw ReplayError("no room for the answer for \(entry.address)")
    }
    tables.setSubnets(subnets)
  }

  private func fillRouters() {
    var numbers: [MACAddress: Int] = [:]
    for place in places where pool(place.group) != nil {
      let number = numbers[place.mac] ?? numbers.count
      guard number < Int(FS_ROUTERS) else { return }
      numbers[place.mac] = number
      tables.setRouter(number, RouterEntry(link: MemberLink(mac: place.mac, port: place.port)))
      tables.enterRouterStation(place.mac, vlan: place.vlan, router: number)
    }
  }

  private func fillPorts() {
    let withMembers = Set(configuration.clusters.flatMap { $0.members.map(\.port) })
    for (i, port) in configuration.ports.enumerated() {
      let hasMembers = withMembers.contains(port.name)
      let flags =
        FS_PORT_UP | (hasMembers ? FS_PORT_MEMBERS : 0)
        | (hasMembers || port.role == .server ? FS_PORT_SERVERS : 0)
      // The longest frames that there are: what the interfaces' MTUs are is not known here.
      tables.setPort(
        i + 1, flags: flags, maxFrame: 65_553, ifindex: i + 1)
    }
    tables.setVirtualMACs(first: configuration.virtualMAC, count: groups.count, hashSeed: hashSeed)
    tables.setPort(0, flags: FS_PORT_UP | FS_PORT_OWN, maxFrame: 65_553, ifindex: 0)
    let own = MACAddress(number: configuration.virtualMAC.number - 1)
    let vlans = groups.flatMap { [$0.vlan] + $0.members.map(\.vlan) } + [.untagged]
    for vlan in Set(vlans) { tables.enterStation(own, vlan: vlan, port: 0) }
  }
}
