import Testing

@testable import Balancing

@Suite("X6 buckets in a flood")
struct FloodedBucketTests {
  private static let timing = BucketTiming(observe: 10, settle: 20)

  private func machine(withdrawn: Bool) -> BucketMachine {
    var machine = BucketMachine(count: 1, timing: Self.timing)
    _ = machine.plan([m(1)], now: 0)
    _ = machine.plan([m(2)], now: 0)
    if withdrawn { _ = machine.plan([m(3)], closed: members(2), now: 5) }
    return machine
  }

  @Test("X6 an observation lasts while there is no room to enter whom it sees", arguments: [false, true])
  func lasts(withdrawn: Bool) {
    var machine = machine(withdrawn: withdrawn)
    _ = machine.setFlood(true, now: 5)
    for now in 6...200 as ClosedRange<UInt32> {
      #expect(machine.tick(now) { _ in now } == [])
      #expect(machine[0]?.observed == m(1))
    }
    _ = machine.setFlood(false, now: 200)
    let over = (201...230 as ClosedRange<UInt32>).flatMap { now in machine.tick(now) { _ in now } }
    #expect(over.count == 1 && machine[0]?.isInTransition == true && machine[0]?.observed == nil)
  }

  @Test("X6 a flood that does not end does not keep it for ever")
  func ends() {
    var machine = machine(withdrawn: false)
    _ = machine.setFlood(true, now: 5)
    let over = (6...700 as ClosedRange<UInt32>).flatMap { now in machine.tick(now) { _ in now } }
    #expect(over.map(\.state) == [.transit(current: 2, previous: 1)])
  }

  @Test("X6 times of nothing end, too")
  func noTimes() {
    var machine = BucketMachine(count: 1, timing: BucketTiming(observe: 0, settle: 0))
    _ = machine.plan([m(1)], now: 0)
    _ = machine.setFlood(true, now: 0)
    #expect(machine.plan([m(2)], now: 0) == [])
    _ = machine.setFlood(false, now: 1)
    _ = machine.setFlood(true, now: 1)
    _ = machine.tick(3) { _ in 0 }
    #expect(machine[0]?.current == m(2))
  }
}
