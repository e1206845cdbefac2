import Balancing
import CTables
import Datapath
import HealthProbe
import LinuxPlatform
import Logging
import SwitchModel

// Who can serve, and who has which buckets (H8, H11, H12, X5, X8).
extension SwitchControl {
  func obstacle(_ member: MemberRuntime) -> Obstacle? {
    if member.admin == .disabled { return .disabled }
    if !isUp(port: member.port) { return .linkDown(portName(member.port)) }
    if !member.isResolved { return .unresolved }
    if !member.answers { return .silent }
    switch member.health {
    case .failed: return .probe(member.healthText)
    case .damped: return .damped(member.healthText)
    case .unknown, .operational: break
    }
    return member.admin == .draining ? .draining : nil
  }

  func canServe(_ member: MemberRuntime) -> Bool { obstacle(member) == nil }

  func isUp(port: Int) -> Bool { portPosition(port).map { portTable[$0].isUp } ?? false }

  // MARK: After a change

  /// Something that members depend on may have changed in these clusters: buckets follow, and what came of it is told.
  /// `because`: what happened, where the members' own states do not say it.
  func review(_ positions: Set<Int>, because: String? = nil) {
    var changes: [MemberChange] = []
    var arePoolsConcerned = false
    let now = time.wall.description
    for position in positions.sorted() {
      beginGrowth(position)
      let moves = assign(position)
      changes += takeNotice(position, moves, because, now)
      if clusterTable[position].pool != nil { arePoolsConcerned = true }
    }
    if arePoolsConcerned { fillRouters() }
    bury(positions)
    report(changes)
  }

  /// The flows of members that died are with others by now, and are to stay there when the members are back. Buckets
  /// name the dead no more, so nothing is entered for them again.
  private func bury(_ positions: Set<Int>) {
    var fresh: Set<Int> = []
    for position in positions {
      let cluster = clusterTable[position]
      let isDead =
        cluster.members.map { ($0.index, obstacle($0)?.isFinal == true) }
        + cluster.leaving.map { ($0.index, !isUp(port: $0.port)) }
      for (index, isDead) in isDead {
        if !isDead {
          buried.remove(index)
        } else if buried.insert(index).inserted {
          fresh.insert(index)
        }
      }
    }
    if !fresh.isEmpty { tables.forgetFlows(of: fresh) }
  }

  /// What became of a member.
  struct MemberChange {
    var position: Int
    var member: Int
    var isUp: Bool
    var cause: String
    var moves: BucketMoves
  }

  private func takeNotice(
    _ position: Int, _ moves: BucketMoves, _ because: String?, _ now: String
  ) -> [MemberChange] {
    var changes: [MemberChange] = []
    for i in clusterTable[position].members.indices {
      let member = clusterTable[position].members[i]
      let obstacle = obstacle(member)
      if clusterTable[position].configuration.stickyTime != nil {
        tables.setMemberStopped(member.index, obstacle?.isFinal == true)
      }
      if member.wasAble == (obstacle == nil) { continue }
      clusterTable[position].members[i].wasAble = obstacle == nil
      if obstacle == nil { clusterTable[position].members[i].hasServed = true }
      clusterTable[position].members[i].lastChange = now
      changes.append(
        MemberChange(
          position: position, member: i, isUp: obstacle == nil,
          cause: obstacle?.text ?? because ?? upCause(member), moves: moves))
    }
    return changes
  }

  private func upCause(_ member: MemberRuntime) -> String {
    if member.health == .operational { return "its probe succeeds" }
    return member.mac.map { "it answers at \($0)" } ?? "it answers"
  }

  /// More than so many members at once are told of together.
  static let eventsAtOnce = 20

  private func report(_ changes: [MemberChange]) {
    if changes.count <= SwitchControl.eventsAtOnce {
      for change in changes { report(change) }
    } else {
      let byCluster = Dictionary(grouping: changes, by: \.position).sorted { $0.key < $1.key }
      for isUp in [false, true] {
        let concerned = byCluster.map { ($0.key, $0.value.filter { $0.isUp == isUp }) }.filter {
          !$0.1.isEmpty
        }
        let total = concerned.reduce(0) { $0 + $1.1.count }
        if total == 0 { continue }
        let subject =
          concerned.count == 1 ? clusterTable[concerned[0].0].name : "\(concerned.count) clusters"
        let moved = concerned.reduce(0) { $0 + ($1.1.first?.moves.total ?? 0) }
        record(
          isUp ? .memberUp : .memberDown, subject,
          cause: concerned.first?.1.first.map { "\(total) members: \($0.cause)" } ?? "",
          effect: "\(moved) buckets moved", moved: moved)
      }
    }
    for position in Set(changes.map(\.position)).sorted() { reportCluster(position) }
  }

  private func report(_ change: MemberChange) {
    let cluster = clusterTable[change.position]
    let member = cluster.members[change.member]
    let isRouter = cluster.pool != nil
    var effect: String
    var moved = 0
    if change.isUp {
      moved = change.moves.gained(by: member.index)
      effect = moved > 0 ? "gets \(moved) of \(cluster.configuration.buckets) buckets" : ""
      if cluster.availability != nil {
        effect = cluster.primary == member.index ? "is primary" : "is secondary-operational"
      }
    } else {
      let takers = change.moves.lost(by: member.index)
      moved = takers.values.reduce(0, +)
      let names = takers.sorted { $0.key < $1.key }.map { index, count in
        "\(count) to \(name(of: index, in: cluster) ?? "nobody")"
      }
      effect =
        moved == 0
        ? "it had no buckets"
        : "\(moved) of \(cluster.configuration.buckets) buckets move: "
          + (names.count > 6 ? "to \(names.count) others" : names.joined(separator: ", "))
    }
    record(
      isRouter ? (change.isUp ? .routerUp : .routerDown) : (change.isUp ? .memberUp : .memberDown),
      member.key, cause: change.cause, effect: effect, moved: moved)
  }

  func name(of index: Int, in cluster: ClusterRuntime) -> String? {
    cluster.members.first { $0.index == index }?.configuration.name
      ?? cluster.leaving.first { $0.index == index }?.name
  }

  private func reportCluster(_ position: Int) {
    let cluster = clusterTable[position]
    let isServing = cluster.members.contains(where: canServe)
    if isServing == cluster.wasServing { return }
    clusterTable[position].wasServing = isServing
    if isServing {
      record(.clusterRestored, cluster.name, cause: "a member can serve", effect: "traffic is forwarded")
    } else {
      record(
        .clusterFailed, cluster.name, cause: "no member can serve",
        effect: cluster.pool == nil
          ? "its traffic is dropped (no-member)" : "its routers are left as they are")
    }
  }

  // MARK: Assignment

  /// Gives a cluster's buckets to the members that can serve, moving as few as possible (X8).
  @discardableResult
  func assign(_ position: Int) -> BucketMoves {
    let before = clusterTable[position].machine.targets
    let targets = targets(position, before)
    return move(position, to: targets, from: before)
  }

  private func targets(_ position: Int, _ before: [MemberIndex?]) -> [MemberIndex?] {
    let cluster = clusterTable[position]
    if cluster.configuration.mode == .availability {
      let primary = updateAvailability(position).flatMap { MemberIndex(raw: UInt32($0)) }
      return Array(repeating: primary, count: cluster.configuration.buckets)
    }
    let shares = shares(position)
    if cluster.configuration.assignment == .maglev {
      let named = shares.compactMap { share in
        name(of: Int(share.member.raw), in: cluster).map {
          MaglevMember(member: share.member, name: $0, weight: share.weight)
        }
      }
      return MaglevAssignment.buckets(count: cluster.configuration.buckets, members: named, seed: hashSeed)
        .buckets
    }
    let adjusted = cluster.load?.routine.adjusted(shares) ?? shares
    let growing = Set(
      cluster.members.filter { $0.growsSince != nil }.compactMap { MemberIndex(raw: UInt32($0.index)) })
    let assignment = BucketAssignment(buckets: before)
    let targets =
      (growing.isEmpty
      ? assignment.rebalanced(among: adjusted) : assignment.rebalanced(among: adjusted, growing: growing))
      .buckets
    return cluster.pool?.balance == .perServer ? dealServers(position, targets, adjusted) : targets
  }

  /// Who shares the new flows, with the weights of now (X5). A member of last resort is among them while nobody else is.
  func shares(_ position: Int) -> [MemberShare] {
    let cluster = clusterTable[position]
    let able = cluster.members.indices.filter { canServe(cluster.members[$0]) }
    let regular = able.filter { !cluster.members[$0].configuration.isLastResort }
    let serving: [(share: MemberShare, elapsed: Duration?)] = (regular.isEmpty ? able : regular).compactMap {
      i in
      let member = cluster.members[i]
      guard let index = MemberIndex(raw: UInt32(member.index)) else { return nil }
      let share = MemberShare(member: index, weight: UInt32(member.configuration.weight))
      return (share, member.growsSince.map { time.now - $0 })
    }
    return SlowStart.shares(serving, over: cluster.configuration.slowStart)
  }

  /// Carries an assignment out.
  @discardableResult
  func move(_ position: Int, to targets: [MemberIndex?], from before: [MemberIndex?]) -> BucketMoves {
    let cluster = clusterTable[position]
    let moves = BucketMoves(from: before, to: targets)
    // What a server is told of its routers has no flows that could break, and before the first packet nothing has.
    if cluster.pool?.balance == .perServer || isUnused(position) {
      if moves.total == 0 && cluster.machine.transitions == 0 { return moves }
      let states = targets.map { $0.map { BucketState.steady($0) } ?? .empty }
      clusterTable[position].machine = BucketMachine(adopting: states, timing: bucketTiming, now: fine)
      movingClusters.remove(position)
      for (i, state) in states.enumerated() { write(cluster.firstBucket + i, state, began: true) }
      if cluster.pool?.balance == .perServer { serversMoved(position, from: before, to: targets) }
      return moves
    }
    let dead = Set(
      (cluster.members.filter { obstacle($0)?.isFinal == true }.map(\.index)
        + cluster.leaving.filter { !isUp(port: $0.port) }.map(\.index))
        .compactMap { MemberIndex(raw: UInt32($0)) })
    // Alive, and none of them a target: they get no new flow, also where a bucket is on its way to them (X5).
    let closed = Set(
      (cluster.members.filter { obstacle($0) == .draining }.map(\.index) + cluster.leaving.map(\.index))
        .compactMap { MemberIndex(raw: UInt32($0)) }
    ).subtracting(dead)
    for change in clusterTable[position].machine.plan(targets, dead: dead, closed: closed, now: fine) {
      write(cluster.firstBucket + change.bucket, change.state, began: true)
    }
    if clusterTable[position].machine.transitions > 0 { movingClusters.insert(position) }
    return moves
  }

  /// No flow has come yet, so none can be moved.
  func isUnused(_ position: Int) -> Bool {
    if clusterTable[position].isUsed { return false }
    let first = clusterTable[position].firstBucket
    let count = clusterTable[position].configuration.buckets
    if (first..<first + count).allSatisfy({ tables.bucketCounters($0).packets == 0 }) { return true }
    clusterTable[position].isUsed = true
    return false
  }

  // MARK: Slow start

  /// Members that come to others grow into their share; those that come first, or for the first time to a cluster that
  /// nobody used, have it at once.
  private func beginGrowth(_ position: Int) {
    let cluster = clusterTable[position]
    if cluster.configuration.slowStart == .zero { return }
    let hasOthers = cluster.members.contains { $0.wasAble && canServe($0) }
    for i in cluster.members.indices {
      let member = cluster.members[i]
      if !canServe(member) {
        clusterTable[position].members[i].growsSince = nil
      } else if !member.wasAble, hasOthers, member.hasServed || !isUnused(position) {
        clusterTable[position].members[i].growsSince = time.now
      }
    }
  }

  /// Shares that grew, every second.
  func tickGrowth() {
    for position in clusterTable.indices where clusterTable[position].configuration.slowStart != .zero {
      let duration = clusterTable[position].configuration.slowStart
      guard clusterTable[position].members.contains(where: { $0.growsSince != nil }) else { continue }
      for i in clusterTable[position].members.indices {
        guard let since = clusterTable[position].members[i].growsSince else { continue }
        if SlowStart.nextStep(elapsed: time.now - since, over: duration) == nil {
          clusterTable[position].members[i].growsSince = nil
        }
      }
      // Moves nothing between two steps.
      assign(position)
    }
  }
}
