import Testing

@testable import Balancing

@Suite("Slow start (X5)")
struct SlowStartTests {
  @Test(
    "X5: from a tenth to the full weight, never falling", arguments: [1, 2, 9, 10, 100, 65_535, UInt32.max])
  func growth(full: UInt32) {
    let duration = Duration.seconds(60)
    let weights = stride(from: 0, through: 70, by: 1).map {
      SlowStart.weight(full, elapsed: .seconds($0), over: duration)
    }
    #expect(weights.first == max(full / 10, 1))
    #expect(weights.last == full)
    #expect(weights == weights.sorted())
    #expect(Set(weights).count <= SlowStart.steps + 1)
    #expect(SlowStart.weight(full, elapsed: .milliseconds(59_999), over: duration) <= full)
    #expect(SlowStart.weight(full, elapsed: .seconds(60), over: duration) == full)
  }

  @Test("X5: without weight none; without duration all at once")
  func edges() {
    #expect(SlowStart.weight(0, elapsed: .zero, over: .seconds(60)) == 0)
    #expect(SlowStart.weight(100, elapsed: .zero, over: .zero) == 100)
    #expect(SlowStart.weight(100, elapsed: .zero, over: .seconds(-1)) == 100)
    #expect(SlowStart.nextStep(elapsed: .zero, over: .zero) == nil)
  }

  @Test(
    "X5: the next step is when the weight changes",
    arguments: [Duration.seconds(1), .seconds(7), .seconds(600)])
  func steps(duration: Duration) {
    var elapsed = Duration.zero
    var count = 0
    while let next = SlowStart.nextStep(elapsed: elapsed, over: duration), count < 100 {
      #expect(next > elapsed)
      let before = SlowStart.weight(10_000, elapsed: next - .nanoseconds(1), over: duration)
      #expect(SlowStart.weight(10_000, elapsed: next, over: duration) > before)
      elapsed = next
      count += 1
    }
    #expect(count == SlowStart.steps)
    #expect(elapsed == duration)
  }

  @Test("X5, X8: while members grow, buckets go to them alone", arguments: 1...20)
  func oneDirection(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let full = (1...Int.random(in: 2...9, using: &random)).compactMap { raw in
      m(UInt32(raw)).map { MemberShare(member: $0, weight: UInt32.random(in: 1...100, using: &random)) }
    }
    let starting = Set(
      full.shuffled(using: &random).prefix(Int.random(in: 1..<full.count, using: &random)).map(\.member))
    var table = BucketAssignment(count: 256).rebalanced(among: full.filter { !starting.contains($0.member) })
    let end = SlowStart.shares(full.map { ($0, nil) }, over: .seconds(60))
    #expect(end == full)
    for second in 0...60 {
      let now = SlowStart.shares(
        full.map { ($0, starting.contains($0.member) ? .seconds(second) : nil) }, over: .seconds(60))
      let next = table.rebalanced(among: now, growing: starting)
      for (before, after) in zip(table.buckets, next.buckets) where before != after {
        #expect(after.map { starting.contains($0) } == true)
        #expect(before.map { starting.contains($0) } == false)
      }
      table = next
    }
    let total = full.reduce(0) { $0 + Int($1.weight) }
    for share in full where starting.contains(share.member) {
      let has = table.counts[share.member] ?? 0
      #expect(abs(has * total - 256 * Int(share.weight)) < total, "\(share.member) has \(has)")
    }
  }

  @Test("X5: a weight of 1 has a tenth, too: all weights are multiplied while one member starts")
  func scaled() {
    let rows: [(share: MemberShare, elapsed: Duration?)] = [
      (MemberShare(member: 1, weight: 1), nil), (MemberShare(member: 2, weight: 1), .seconds(5)),
    ]
    #expect(SlowStart.shares(rows, over: .seconds(100)).map(\.weight) == [200, 29])
    let done = SlowStart.shares([rows[0], (rows[1].share, .seconds(100))], over: .seconds(100))
    #expect(done.map(\.weight) == [1, 1])
  }

  @Test("X5: a bucket without a member is not kept empty for those that start")
  func emptyBuckets() {
    let table = BucketAssignment(buckets: [m(1), nil, nil, m(9)])
    let next = table.rebalanced(among: shares([1: 1, 2: 1]), growing: [2])
    #expect(next.counts == [1: 2, 2: 2])
    let alone = BucketAssignment(count: 4).rebalanced(among: shares([2: 1]), growing: [2])
    #expect(alone.counts == [2: 4])
  }
}
