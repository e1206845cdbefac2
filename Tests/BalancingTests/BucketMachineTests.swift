import Testing

@testable import Balancing

@Suite("Bucket machine (H8, X6, X7, X8)")
struct BucketMachineTests {
  let timing = BucketTiming(observe: 10, settle: 100)

  @Test("X8: a tick looks only at buckets whose time has come")
  func cheapTicks() {
    var machine = BucketMachine(count: 1024, timing: timing)
    let four = BucketAssignment(count: 1024).rebalanced(among: shares([1: 1, 2: 1, 3: 1, 4: 1]))
    #expect(machine.plan(four.buckets, now: 0).count == 1024)
    #expect(machine.transitions == 0)
    let five = four.rebalanced(among: shares([1: 1, 2: 1, 3: 1, 4: 1, 5: 1]))
    #expect(machine.plan(five.buckets, now: 0).count == 204)
    #expect(machine.transitions == 204)
    #expect(machine.waiting == 0)
    var asked = 0
    func tick(_ now: UInt32) -> Int {
      machine.tick(now) { _ in
        asked += 1
        return 0
      }.count
    }
    #expect((1...9).map { tick($0) }.reduce(0, +) == 0)
    #expect(tick(10) == 204)
    #expect((11...109).map { tick($0) }.reduce(0, +) == 0)
    #expect(asked == 0)
    #expect(tick(110) == 204)
    #expect(asked == 204)
    #expect(machine.transitions == 0)
    #expect(machine.targets == five.buckets)
    #expect(machine.states.map(\.current) == five.buckets)
  }

  @Test("H12: buckets of a dead member move at once, those of others not at all")
  func death() {
    var machine = BucketMachine(count: 4, timing: timing)
    _ = machine.plan([m(1), m(1), m(2), m(2)], now: 0)
    let changes = machine.plan([m(2), m(2), m(2), m(2)], dead: members(1), now: 1)
    #expect(
      changes == [
        BucketChange(bucket: 0, state: .steady(2)), BucketChange(bucket: 1, state: .steady(2)),
      ])
  }

  @Test("X6: in a flood nothing begins that can wait; afterwards it does")
  func flood() {
    var machine = BucketMachine(count: 2, timing: timing)
    _ = machine.plan([m(1), m(1)], now: 0)
    #expect(machine.setFlood(true, now: 0).isEmpty)
    #expect(machine.plan([m(2), m(1)], now: 0).isEmpty)
    #expect(machine.waiting == 1)
    #expect(
      machine.setFlood(false, now: 5) == [
        BucketChange(bucket: 0, state: .observing(current: m(2), previous: 1))
      ])
    #expect(machine.setFlood(false, now: 6).isEmpty)
  }

  @Test("X8: the latest wish counts when a transition is over, and may be the way back")
  func latestWish() {
    var machine = BucketMachine(count: 1, timing: timing)
    _ = machine.plan([m(1)], now: 0)
    _ = machine.plan([m(2)], now: 0)
    #expect(machine.plan([m(3)], now: 1).isEmpty)
    #expect(machine.plan([m(1)], now: 2).isEmpty)
    _ = machine.tick(10) { _ in 0 }
    #expect(
      machine.tick(110) { _ in 0 } == [
        BucketChange(bucket: 0, state: .observing(current: m(1), previous: 2))
      ])
    #expect(machine.transitions == 1)
  }

  @Test(
    "X5: buckets on their way to a member that drains go to others at once, also in a flood; those that rest wait"
  )
  func drain() {
    var machine = BucketMachine(count: 3, timing: timing)
    _ = machine.plan([m(1), m(2), m(2)], now: 0)
    _ = machine.plan([m(2), m(2), m(2)], now: 1)
    _ = machine.setFlood(true, now: 2)
    #expect(
      machine.plan([m(1), m(1), m(2)], closed: members(2), now: 3) == [
        .init(bucket: 0, state: .withdrawn(current: 1, previous: 1, withdrawn: 2, observing: 1))
      ])
    #expect(machine.transitions == 1 && machine.waiting == 1)
    #expect(
      machine.setFlood(false, now: 4) == [.init(bucket: 1, state: .observing(current: m(1), previous: 2))])
    #expect(
      machine.tick(11) { _ in 0 } == [
        .init(bucket: 0, state: .withdrawn(current: 1, previous: 1, withdrawn: 2, observing: nil))
      ])
    #expect(
      machine.tick(14) { _ in 0 } == [.init(bucket: 1, state: .transit(current: m(1), previous: 2))])
    var asked: [Int] = []
    #expect(
      machine.tick(114) {
        asked.append($0)
        return 0
      } == [.init(bucket: 0, state: .steady(1)), .init(bucket: 1, state: .steady(1))])
    #expect(asked == [0, 1])
  }

  @Test("X7: a restarted daemon adopts the buckets, moves none and finishes what was under way")
  func adoption() {
    let found: [BucketState] = [
      .steady(1), .transit(current: m(2), previous: 1), .empty,
      .observing(current: m(3), previous: 1),
      .withdrawn(current: m(3), previous: 1, withdrawn: 2, observing: nil),
      .withdrawn(current: m(1), previous: 1, withdrawn: 2, observing: 2),
    ]
    var machine = BucketMachine(adopting: found, timing: timing, now: .max)
    #expect(machine.states == found)
    #expect(machine.targets == [m(1), m(2), nil, m(3), m(3), m(1)])
    #expect(machine.transitions == 4)
    #expect(machine.plan(machine.targets, now: .max).isEmpty)
    #expect(
      machine.tick(9) { _ in .max }.sorted { $0.bucket < $1.bucket } == [
        .init(bucket: 3, state: .transit(current: m(3), previous: 1)),
        .init(bucket: 5, state: .withdrawn(current: m(1), previous: 1, withdrawn: 2, observing: nil)),
      ])
    #expect(
      machine.tick(99) { _ in .max }.sorted { $0.bucket < $1.bucket } == [
        .init(bucket: 1, state: .steady(2)), .init(bucket: 4, state: .steady(3)),
      ])
    #expect(
      machine.tick(109) { _ in .max }.sorted { $0.bucket < $1.bucket } == [
        .init(bucket: 3, state: .steady(3)), .init(bucket: 5, state: .steady(1)),
      ])
  }

  @Test("Targets beyond the buckets are ignored, missing ones keep theirs; no bucket beyond the count")
  func wrongCounts() {
    var machine = BucketMachine(count: 2, timing: timing)
    #expect(machine.plan([m(1), m(2), m(3)], now: 0).count == 2)
    #expect(machine.plan([m(1)], now: 0).isEmpty)
    #expect(machine[2] == nil)
    #expect(machine[-1] == nil)
    #expect(machine[1] == .steady(2))
  }

  @Test("With times of zero a plan is carried out by the next tick")
  func zeroTimes() {
    var machine = BucketMachine(count: 1, timing: BucketTiming(observe: 0, settle: 0))
    _ = machine.plan([m(1)], now: 5)
    _ = machine.plan([m(2)], now: 5)
    #expect(machine.tick(5) { _ in 5 }.last == .init(bucket: 0, state: .steady(2)))
  }

  /// Random histories, against a bucket that is looked at every tick: the queue must neither lose nor delay one.
  @Test("X8: the queue misses no bucket", arguments: 1...20)
  func againstEveryTick(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var now = UInt32.max - UInt32.random(in: 0...500, using: &random)
    var machine = BucketMachine(count: 16, timing: timing)
    var plain = Array(repeating: Bucket(), count: 16)
    var lastUse = Array(repeating: UInt32(0), count: 16)
    var flood = false
    for _ in 0..<2000 {
      now &+= 1
      if Int.random(in: 0..<20, using: &random) == 0 {
        let targets = plain.map { bucket in
          Int.random(in: 0..<4, using: &random) == 0
            ? m(UInt32.random(in: 0...4, using: &random)) : bucket.wish
        }
        let dead =
          Int.random(in: 0..<3, using: &random) == 0 ? members(UInt32.random(in: 1...4, using: &random)) : []
        let closed =
          Int.random(in: 0..<2, using: &random) == 0 ? members(UInt32.random(in: 1...4, using: &random)) : []
        _ = machine.plan(targets, dead: dead, closed: closed, now: now)
        for i in plain.indices {
          _ = plain[i].plan(targets[i], dead: dead, closed: closed, flood: flood, now: now, timing: timing)
        }
      }
      if Int.random(in: 0..<100, using: &random) == 0 {
        flood.toggle()
        _ = machine.setFlood(flood, now: now)
        if !flood { for i in plain.indices { _ = plain[i].retry(flood: false, now: now, timing: timing) } }
      }
      for i in lastUse.indices where Int.random(in: 0..<80, using: &random) == 0 { lastUse[i] = now }
      let before = machine.states
      let changes = machine.tick(now) { lastUse[$0] }
      for i in plain.indices where plain[i].state.isInTransition && plain[i].due == now {
        _ = plain[i].elapse(flood: flood, now: now, timing: timing, lastUse: lastUse[i])
      }
      var written = before
      for change in changes { written[change.bucket] = change.state }
      #expect(written == machine.states)
      #expect(machine.states == plain.map(\.state))
      #expect(machine.transitions == plain.count { $0.state.isInTransition })
    }
  }
}
