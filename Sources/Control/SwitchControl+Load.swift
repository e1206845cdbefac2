import Balancing
import Datapath
import Forwarding
import LinuxPlatform
import SwitchModel

// The load routine (WO 99/33227, H8): periodically, on what the datapath measured.
extension SwitchControl {
  func prepareLoadRoutines() {
    for position in clusterTable.indices {
      let cluster = clusterTable[position]
      guard let routine = cluster.configuration.loadRoutine, cluster.configuration.assignment == .leastMoves,
        cluster.configuration.mode == .balanced
      else { continue }
      clusterTable[position].load = LoadState(
        routine: LoadRoutine(settings: LoadSettings(tolerance: routine.tolerance)),
        before: counters(cluster, routine.measure).nonZero, packets: packets(position),
        // Thousands of clusters do not all look at the same moment, nor keep what is urgent waiting.
        nextStep: time.now + routine.interval + routine.interval * (position % 64) / 64)
    }
  }

  private func packets(_ position: Int) -> UInt64 {
    clusterTable[position].members.reduce(0) { $0 &+ tables.memberCounters($1.index).packets }
  }

  /// What each bucket has carried so far.
  private func counters(_ cluster: ClusterRuntime, _ measure: LoadMeasure) -> [UInt64] {
    if cluster.pool?.balance == .perServer { return serverCounters(cluster) }
    let numbers = cluster.firstBucket..<cluster.firstBucket + cluster.configuration.buckets
    switch measure {
    case .packets, .newFlows: return numbers.map { tables.bucketCounters($0).packets }
    case .bytes: return numbers.map { tables.bucketCounters($0).bytes }
    }
  }

  /// Every second.
  func tickLoad() {
    for position in clusterTable.indices {
      guard let due = clusterTable[position].load?.nextStep, due <= time.now else { continue }
      let packets = packets(position)
      if clusterTable[position].pool == nil && packets == clusterTable[position].load?.packets,
        let interval = clusterTable[position].configuration.loadRoutine?.interval
      {
        // Nothing has come: there is nothing to learn from that.
        clusterTable[position].load?.nextStep = time.now + interval
        continue
      }
      let cluster = clusterTable[position]
      // In a flood nothing would begin to move, and the load is the flood's.
      guard let load = cluster.load, !cluster.machine.isFlooded,
        let routine = cluster.configuration.loadRoutine
      else { continue }
      clusterTable[position].load?.packets = packets
      let now = counters(cluster, routine.measure)
      var loads = load.before.isEmpty ? now : zip(now, load.before).map { $0 >= $1 ? $0 - $1 : 0 }
      if routine.measure == .newFlows && cluster.pool == nil { loads = newFlows(position, packets: loads) }
      clusterTable[position].load?.before = now
      clusterTable[position].load?.nextStep = time.now + routine.interval
      balance(position, loads)
    }
  }

  /// New flows are counted by member; a member's are spread over its buckets as its packets are.
  private func newFlows(_ position: Int, packets: [UInt64]) -> [UInt64] {
    let cluster = clusterTable[position]
    let owners = cluster.machine.states.map { $0.current.map { Int($0.raw) } ?? 0 }
    var total: [Int: UInt64] = [:]
    for (owner, count) in zip(owners, packets) { total[owner, default: 0] += count }
    var fresh: [Int: UInt64] = [:]
    for i in cluster.members.indices {
      let count = tables.memberCounters(cluster.members[i].index).newFlows
      fresh[cluster.members[i].index] = count &- cluster.members[i].flowsAtStep
      clusterTable[position].members[i].flowsAtStep = count
    }
    return zip(owners, packets).map { owner, count in
      guard let all = total[owner], all > 0, let flows = fresh[owner] else { return 0 }
      // Thousandths, so that a bucket with few is not lost.
      return UInt64(Double(flows) * 1000 * Double(count) / Double(all))
    }
  }

  private func balance(_ position: Int, _ loads: [UInt64]) {
    guard var routine = clusterTable[position].load?.routine else { return }
    let states = clusterTable[position].machine.states
    let before = clusterTable[position].machine.targets
    let moves = routine.step(
      loads: loads, targets: before, shares: shares(position),
      isMovable: { states.indices.contains($0) && !states[$0].isInTransition })
    clusterTable[position].load?.routine = routine
    if moves.isEmpty { return }
    var targets = before
    for move in moves { targets[move.bucket] = move.to }
    self.move(position, to: targets, from: before)
    let cluster = clusterTable[position]
    for move in moves where cluster.homes[move.bucket] != nil {
      clusterTable[position].homes[move.bucket] = move.to
    }
    let text = Dictionary(grouping: moves, by: { [$0.from, $0.to] }).map { pair, list in
      "\(list.count) from \(name(of: Int(pair[0].raw), in: cluster) ?? "?") to "
        + "\(name(of: Int(pair[1].raw), in: cluster) ?? "?")"
    }.sorted()
    record(
      .rebalanced, cluster.name,
      cause:
        "the load of \(cluster.pool == nil ? "members" : "routers") differs by more than \(cluster.configuration.loadRoutine?.tolerance ?? 0) %",
      effect: "\(moves.count) buckets move: "
        + (text.count > 6 ? "among \(text.count) pairs" : text.joined(separator: ", ")),
      moved: moves.count)
  }
}

extension [UInt64] {
  /// Empty if there are only zeros: as good, and thousands of clusters without traffic keep nothing.
  fileprivate var nonZero: [UInt64] { contains { $0 != 0 } ? self : [] }
}
