import Testing

@testable import Balancing

@Suite("Random histories of a cluster (H8, X5, X6, X8)")
struct HistoryTests {
  /// The least that any rule can move: what members without a share have, and what others have beyond the quota.
  static func least(_ table: BucketAssignment, _ shares: [MemberShare]) -> Int {
    let held = table.counts
    let quotas = Quotas(buckets: table.buckets.count, shares: shares) { held[$0] ?? 0 }
    let kept = zip(quotas.members, quotas.counts).reduce(0) { $0 + min(held[$1.0] ?? 0, $1.1) }
    return held.values.reduce(0, +) - kept
  }

  static func isFair(_ table: BucketAssignment, _ shares: [MemberShare]) -> Bool {
    let total = shares.reduce(0) { $0 + Int($1.weight) }
    guard total > 0 else { return table.counts.isEmpty }
    let counts = table.counts
    return counts.values.reduce(0, +) == table.buckets.count
      && shares.allSatisfy {
        abs((counts[$0.member] ?? 0) * total - table.buckets.count * Int($0.weight)) < total
      }
  }

  @Test(
    "X5, X8: members come, go, drain, change their weights: fair, least moves, no third member in a transition",
    arguments: 1...40)
  func history(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = 64
    var weights: [MemberIndex: UInt32] = [:]
    var machine = BucketMachine(count: count, timing: BucketTiming(observe: 3, settle: 10))
    var now = UInt32.max - 100
    /// Members without weight that live: they have flows, and get no new ones.
    var closed: Set<MemberIndex> = []
    for _ in 1...120 {
      var dead: Set<MemberIndex> = []
      guard let one = m(UInt32.random(in: 1...9, using: &random)) else { continue }
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1, 2:
        weights[one] = UInt32.random(in: 1...20, using: &random)
        closed.remove(one)
      // Drains: no weight, but alive.
      case 3:
        weights[one] = nil
        closed.insert(one)
      case 4:
        weights[one] = nil
        closed.remove(one)
        dead = [one]
      default: _ = machine.setFlood(Bool.random(using: &random), now: now)
      }
      let shares = weights.map { MemberShare(member: $0, weight: $1) }
      let before = BucketAssignment(buckets: machine.targets)
      let wanted = before.rebalanced(among: shares)
      #expect(Self.isFair(wanted, shares))
      #expect(before.moved(to: wanted) == Self.least(before, shares))
      let states = machine.states
      _ = machine.plan(wanted.buckets, dead: dead, closed: closed, now: now)
      #expect(machine.states.count == count)
      for (old, new) in zip(states, machine.states) {
        let oldMembers = [old.previous, old.withdrawnMember, old.current].compactMap { $0 }.filter {
          !dead.contains($0)
        }
        for member in oldMembers where !new.leads(to: member) {
          Issue.record("\(member) lives, and \(old) becomes \(new)")
        }
        if let current = new.current, closed.contains(current) {
          // Nobody may have it, a flood waits, or no word could name the fourth.
          #expect(
            machine.isFlooded && !new.isInTransition || new.withdrawnMember != nil && current != new.previous,
            "\(current) is closed, and has new flows: \(new)")
        }
        guard let oldPrevious = old.previous, let newPrevious = new.previous else { continue }
        if dead.contains(oldPrevious) {
          #expect(
            newPrevious == old.current || newPrevious == old.withdrawnMember,
            "that transition is over, and another begins")
        } else {
          #expect(oldPrevious == newPrevious, "the living flows are where they were")
          let isBack = old.current == oldPrevious && old.withdrawnMember.map { dead.contains($0) } == true
          let lost = isBack || old.current.map { dead.contains($0) || closed.contains($0) } ?? true
          #expect(old.current == new.current || lost, "a third member, though \(old) could go on")
        }
      }
      #expect(machine.states.allSatisfy { $0.current.map { !dead.contains($0) } ?? true })
      now &+= UInt32.random(in: 0...8, using: &random)
      _ = machine.tick(now) { _ in now &- UInt32.random(in: 0...20, using: &random) }
    }
    _ = machine.setFlood(false, now: now)
    for _ in 1...100 {
      now &+= 10
      _ = machine.tick(now) { _ in now &- 100 }
    }
    #expect(machine.states.map(\.current) == machine.targets, "in the end all are where they are wanted")
    #expect(machine.transitions == 0)
  }
}
