import Balancing
import SwitchModel
import Wire

// What becomes of buckets and of connections.
extension ConfigurationPlanner {
  /// Of clusters that stay. Those of pools with ARP answers are left out: no connection is in a bucket of theirs.
  var moves: [PlannedMove] {
    let old = ConfigurationPlanner.byName(former.clusters, \.name)
    return next.clusters.compactMap { cluster in
      guard let was = old[cluster.name], was != cluster, let held = snapshot.buckets[cluster.name],
        !held.isEmpty
      else { return nil }
      return move(cluster, was, held)
    }
  }

  private func move(
    _ cluster: ClusterConfiguration, _ was: ClusterConfiguration, _ holders: [String?]
  ) -> PlannedMove? {
    // Numbers in the order of the names, those that leave after those that stay.
    let names =
      cluster.members.map(\.name)
      + was.members.map(\.name).filter { name in
        !cluster.members.contains { $0.name == name }
      }
    let numbers = Dictionary(
      names.enumerated().compactMap { i, name in MemberIndex(raw: UInt32(i) + 1).map { (name, $0) } },
      uniquingKeysWith: { first, _ in first })
    // A bucket is the hash's lower bits, so another number of buckets repeats or cuts off what is there.
    let present = (0..<cluster.buckets).map { holders[$0 % holders.count].flatMap { numbers[$0] } }
    let assignment = BucketAssignment(buckets: present)
    let targets = targets(cluster, was, numbers, assignment)
    let moved = assignment.moved(to: targets)
    if moved == 0 { return nil }
    let (held, given) = (assignment.counts, targets.counts)
    let shares = names.compactMap { name -> PlannedShare? in
      guard let number = numbers[name] else { return nil }
      let share = PlannedShare(name, before: held[number] ?? 0, after: given[number] ?? 0)
      return share.before == 0 && share.after == 0 ? nil : share
    }
    // Estimated: what a member has, by the part of its buckets that moves.
    var lost: [MemberIndex: UInt64] = [:]
    for case (let from?, let to) in zip(assignment.buckets, targets.buckets) where from != to {
      lost[from, default: 0] += 1
    }
    func rate(_ value: (PlanSnapshot.Party) -> UInt64) -> UInt64 {
      numbers.reduce(0) { sum, one in
        guard let party = parties["\(cluster.name)/\(one.key)"], let part = lost[one.value],
          let whole = held[one.value], whole > 0
        else { return sum }
        let (product, isTooLarge) = value(party).multipliedReportingOverflow(by: part)
        return sum &+ (isTooLarge ? value(party) : product / UInt64(whole))
      }
    }
    return PlannedMove(
      cluster: cluster.name, buckets: cluster.buckets, moved: moved, packetsPerSecond: rate(\.packets),
      newFlowsPerSecond: rate(\.newFlows), members: shares)
  }

  private func targets(
    _ cluster: ClusterConfiguration, _ was: ClusterConfiguration, _ numbers: [String: MemberIndex],
    _ present: BucketAssignment
  ) -> BucketAssignment {
    let old = ConfigurationPlanner.byName(was.members, \.name)
    // One that is new, or elsewhere, is taken to serve: the plan is for when it was found.
    let able = cluster.members.filter { member in
      guard let before = old[member.name], before.port == member.port, before.vlan == member.vlan,
        let party = parties["\(cluster.name)/\(member.name)"]
      else { return true }
      return party.canServe
    }
    let regular = able.filter { !$0.isLastResort }
    let serving = regular.isEmpty ? able : regular
    if cluster.mode == .availability {
      // The primary stays while it can serve.
      let primary = present.buckets.first.flatMap(\.self)
      let isStaying = serving.contains { numbers[$0.name] == primary }
      let target = isStaying ? primary : serving.first.flatMap { numbers[$0.name] }
      return BucketAssignment(buckets: Array(repeating: target, count: cluster.buckets))
    }
    if cluster.assignment == .maglev {
      // As the datapath's seed is made.
      let seed = UInt32(truncatingIfNeeded: next.virtualMAC.number &* 0x9e37_79b9)
      let named = serving.compactMap { member in
        numbers[member.name].map {
          MaglevMember(member: $0, name: member.name, weight: UInt32(member.weight))
        }
      }
      return MaglevAssignment.buckets(count: cluster.buckets, members: named, seed: seed)
    }
    let shares = serving.compactMap { member in
      numbers[member.name].map { MemberShare(member: $0, weight: UInt32(member.weight)) }
    }
    return present.rebalanced(among: shares)
  }

  // MARK: What breaks

  var breaks: [PlannedBreak] {
    let ports = Set(next.ports.map(\.name))
    let new = ConfigurationPlanner.byName(next.clusters, \.name)
    var breaks: [PlannedBreak] = []
    for cluster in former.clusters {
      guard let after = new[cluster.name] else {
        breaks.append(breakage(cluster, "the cluster is removed"))
        continue
      }
      breaks += changed(cluster, after).map { breakage(cluster, $0) }
      let members = ConfigurationPlanner.byName(after.members, \.name)
      for member in cluster.members {
        let reason: String? =
          if !ports.contains(member.port) {
            "its port \(member.port) is removed"
          } else if let stays = members[member.name] {
            stays.port != member.port
              ? "it goes from port \(member.port) to \(stays.port)"
              : stays.vlan != member.vlan ? "it goes from VLAN \(member.vlan.raw) to \(stays.vlan.raw)" : nil
          } else {
            // Its connections go on until they end (X8).
            nil
          }
        if let reason {
          let name = "\(cluster.name)/\(member.name)"
          breaks.append(
            PlannedBreak(name, reason: reason, packetsPerSecond: parties[name]?.packets ?? 0))
        }
      }
    }
    return breaks + poolBreaks(ports)
  }

  private func breakage(_ cluster: ClusterConfiguration, _ reason: String) -> PlannedBreak {
    let packets = cluster.members.reduce(UInt64(0)) {
      $0 &+ (parties["\(cluster.name)/\($1.name)"]?.packets ?? 0)
    }
    return PlannedBreak(cluster.name, reason: reason, packetsPerSecond: packets)
  }

  /// Why a cluster that stays loses connections.
  private func changed(_ a: ClusterConfiguration, _ b: ClusterConfiguration) -> [String] {
    var reasons: [String] = []
    if a.address != b.address { reasons.append("its address changes from \(a.address) to \(b.address)") }
    if a.vlan != b.vlan { reasons.append("its VLAN changes from \(a.vlan.raw) to \(b.vlan.raw)") }
    if b.buckets < a.buckets {
      reasons.append(
        "fewer buckets: flows of those that go take the member of the bucket that takes their place")
    }
    if a.hash != b.hash {
      reasons.append("another hash: a flow's bucket is another one, whose member may be another one")
    }
    let gone = a.services.filter { !b.services.contains($0) }
    if a.services.isEmpty && !b.services.isEmpty {
      reasons.append("only \(b.services.map(\.description).joined(separator: ", ")) is served any more")
    } else if !gone.isEmpty && !b.services.isEmpty {
      reasons.append("\(gone.map(\.description).joined(separator: ", ")) is not served any more")
    }
    return reasons
  }

  private func poolBreaks(_ ports: Set<String>) -> [PlannedBreak] {
    let new = ConfigurationPlanner.byName(next.routerPools, \.name)
    var breaks: [PlannedBreak] = []
    for pool in former.routerPools {
      func sum() -> UInt64 {
        pool.members.reduce(0) { $0 &+ (parties["\(pool.name)/\($1.name)"]?.packets ?? 0) }
      }
      guard let after = new[pool.name] else {
        breaks.append(
          PlannedBreak(
            pool.name, reason: "the pool is removed: servers learn their routers anew",
            packetsPerSecond: sum()))
        continue
      }
      if after.balance != pool.balance {
        breaks.append(
          PlannedBreak(
            pool.name, reason: "the pool's balance changes: servers learn their routers anew",
            packetsPerSecond: sum()))
      }
      for router in pool.members where !ports.contains(router.port) {
        let name = "\(pool.name)/\(router.name)"
        breaks.append(
          PlannedBreak(
            name, reason: "its port \(router.port) is removed",
            packetsPerSecond: parties[name]?.packets ?? 0))
      }
    }
    return breaks
  }
}
