import Testing

@testable import Balancing

/// Counts, not times: what a change costs is what it changes, however much there is beside it.
@Suite("Scale (H12, X8)")
struct ScaleTests {
  let timing = BucketTiming(observe: 10, settle: 100)

  private func settled(buckets: Int, members count: UInt32, first: UInt32 = 1) -> BucketMachine {
    var machine = BucketMachine(count: buckets, timing: timing)
    let shares = (first..<first + count).compactMap { raw in
      MemberIndex(raw: raw).map { MemberShare(member: $0, weight: 100) }
    }
    _ = machine.plan(BucketAssignment(count: buckets).rebalanced(among: shares).buckets, now: 0)
    return machine
  }

  @Test(
    "H12: one member of a cluster fails: its buckets are written, and no other",
    arguments: [(64, 4), (256, 50), (1024, 50), (4096, 500)] as [(Int, UInt32)])
  func failure(buckets: Int, count: UInt32) throws {
    var machine = settled(buckets: buckets, members: count)
    let before = machine.targets
    let others = (2...count).compactMap { raw in
      MemberIndex(raw: raw).map { MemberShare(member: $0, weight: 100) }
    }
    let targets = BucketAssignment(buckets: before).rebalanced(among: others).buckets
    let changes = machine.plan(targets, dead: members(1), now: 1)
    let lost = before.indices.filter { before[$0] == m(1) }
    #expect(lost.count == (buckets + Int(count) - 1) / Int(count))
    #expect(changes.map(\.bucket) == lost)
    #expect(changes.allSatisfy { $0.state.current != m(1) && $0.state.current != nil })
    #expect(machine.transitions == 0)
    #expect(machine.counts[1] == nil)
    // The same again is nothing.
    #expect(machine.plan(targets, dead: members(1), now: 2).isEmpty)
  }

  @Test("X8: of 1,000 clusters one is changed: nothing is written for the others")
  func oneOfMany() throws {
    var machines = (0..<1000).map { settled(buckets: 64, members: 4, first: UInt32($0) * 4 + 1) }
    var written = 0
    for position in machines.indices {
      var shares = machines[position].counts.keys.map { MemberShare(member: $0, weight: 100) }
      if position == 7 {
        shares.append(MemberShare(member: try #require(MemberIndex(raw: 5000)), weight: 100))
      }
      let targets = BucketAssignment(buckets: machines[position].targets).rebalanced(among: shares).buckets
      written += machines[position].plan(targets, now: 1).count
    }
    #expect(written == 64 / 5)
    #expect(machines.count { $0.transitions > 0 } == 1)
  }

  @Test("A cluster at rest keeps a word for each bucket, and again so when a transition is over")
  func rest() {
    var machine = settled(buckets: 16, members: 2)
    let states = machine.states
    #expect(machine.isAtRest)
    _ = machine.plan(Array(repeating: m(1), count: 16), now: 1)
    #expect(!machine.isAtRest)
    #expect(machine.transitions == 8)
    for now in UInt32(2)...200 { _ = machine.tick(now) { _ in 0 } }
    #expect(machine.isAtRest)
    #expect(machine.states == Array(repeating: .steady(1), count: 16))
    #expect(machine.states != states)
    // A wish that a flood keeps waiting is not forgotten.
    _ = machine.setFlood(true, now: 300)
    _ = machine.plan(Array(repeating: m(2), count: 16), now: 300)
    #expect(!machine.isAtRest && machine.waiting == 16)
    #expect(machine.setFlood(false, now: 301).count == 16)
  }

  @Test(
    "Values by member are a dictionary's, near numbers and far ones",
    arguments: [[1, 2, 3], [7], [], [1, 262_143], [5, 70, 900, 4000]] as [[UInt32]])
  func map(numbers: [UInt32]) {
    var map = MemberMap<Int>(numbers.compactMap { MemberIndex(raw: $0) }, usual: 0)
    var plain: [MemberIndex: Int] = [:]
    for (i, raw) in (numbers + [1, 262_143, 4_294_967_295, 6]).enumerated() {
      guard let member = MemberIndex(raw: raw) else { continue }
      map[member] += i + 1
      plain[member, default: 0] += i + 1
    }
    for raw in numbers + [1, 2, 6, 99, 262_143, 4_294_967_295] {
      guard let member = MemberIndex(raw: raw) else { continue }
      #expect(map[member] == plain[member] ?? 0)
    }
  }
}
