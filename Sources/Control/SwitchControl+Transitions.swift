import Balancing
import Datapath
import LinuxPlatform
import Logging
import ProxyARP

// What goes on by itself: transitions, former members, drains.
extension SwitchControl {
  /// Transitions go on with time.
  func tickClusters() {
    var settled: Set<Int> = []
    for position in movingClusters.sorted() {
      let first = clusterTable[position].firstBucket
      let tables = tables
      let changes = clusterTable[position].machine.tick(fine) { tables.previousUse(ofBucket: first + $0) }
      for change in changes { write(first + change.bucket, change.state, began: true) }
      if clusterTable[position].machine.transitions == 0 {
        movingClusters.remove(position)
        settled.formUnion(clusterTable[position].members.map(\.index))
        settled.formUnion(clusterTable[position].leaving.map(\.index))
      }
    }
    if !settled.isEmpty { tables.forgetFlows(of: settled) }
  }

  /// Former members that no bucket leads to any more are forgotten.
  func releaseLeaving() {
    if numbers.leaving.isEmpty && leavers == 0 { return }
    leavers = 0
    for position in clusterTable.indices where !clusterTable[position].leaving.isEmpty {
      let states = clusterTable[position].machine.states
      let named = Set(
        states.flatMap { [$0.current, $0.previous, $0.withdrawnMember] }.compactMap { $0.map { Int($0.raw) } }
      )
      for member in clusterTable[position].leaving where !named.contains(member.index) {
        numbers.release(member.key)
        log.info("\(member.key), which is no member any more, has no flows left")
      }
      clusterTable[position].leaving.removeAll { !named.contains($0.index) }
      leavers += clusterTable[position].leaving.count
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
    let concerned = clusterTable.indices.filter { position in
      clusterTable[position].members.contains { $0.port == port }
        || clusterTable[position].leaving.contains { $0.port == port }
    }
    // Buckets first: every frame until then is lost.
    review(Set(concerned), because: "port \(portName(port)) is up")
    linkProbes(port: port, up: up)
    perform(resolver.linkChanged(port: port, up: up, now: time.now))
    perform(neighbours.linkChanged(port: port, up: up, now: time.now))
  }

  // MARK: Draining (X5)

  /// Buckets that lead to a member, for new flows or for those that began before.
  func buckets(leadingTo index: Int, in cluster: ClusterRuntime) -> Int {
    guard let member = MemberIndex(raw: UInt32(index)) else { return 0 }
    return cluster.machine.states.count { $0.leads(to: member) }
  }

  /// Every second: drains end by themselves.
  func tickDrains() {
    for index in drains.keys.sorted() {
      guard let place = memberPlaces[index], var drain = drains[index] else { continue }
      let cluster = clusterTable[place.cluster]
      let change = drain.observe(
        previousBuckets: buckets(leadingTo: index, in: cluster),
        leavingPackets: tables.memberCounters(index).packets, at: time.now)
      drains[index] = drain
      if change == .empty {
        record(
          .drained, cluster.members[place.member].key, cause: "its last flows ended",
          effect: "it can be switched off")
      }
    }
  }
}
