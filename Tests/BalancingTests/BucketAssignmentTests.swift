import Testing

@testable import Balancing

@Suite("Bucket assignment (H8, X5, X8)")
struct BucketAssignmentTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var buckets: Int
    var weights: [UInt32: UInt32]
    var counts: [UInt32: Int]
  }

  @Test(
    "X5: quotas by the largest remainder",
    arguments: [
      Row(testDescription: "one", buckets: 8, weights: [1: 5], counts: [1: 8]),
      Row(testDescription: "equal", buckets: 8, weights: [1: 1, 2: 1], counts: [1: 4, 2: 4]),
      Row(testDescription: "1:3", buckets: 8, weights: [1: 10, 2: 30], counts: [1: 2, 2: 6]),
      Row(
        testDescription: "rest to the lower index", buckets: 8, weights: [1: 1, 2: 1, 3: 1],
        counts: [1: 3, 2: 3, 3: 2]),
      Row(
        testDescription: "remainders 0.67, 0.67, 0.67", buckets: 5, weights: [4: 1, 5: 1, 6: 1],
        counts: [4: 2, 5: 2, 6: 1]),
      Row(testDescription: "weight 0 carries nothing", buckets: 8, weights: [1: 0, 2: 7], counts: [2: 8]),
      Row(
        testDescription: "more members than buckets", buckets: 2, weights: [1: 1, 2: 1, 3: 1],
        counts: [1: 1, 2: 1]),
      Row(
        testDescription: "largest weights", buckets: 4, weights: [1: .max, 2: .max],
        counts: [1: 2, 2: 2]),
      Row(testDescription: "nobody", buckets: 4, weights: [:], counts: [:]),
      Row(testDescription: "nobody with a weight", buckets: 4, weights: [1: 0, 2: 0], counts: [:]),
      Row(testDescription: "no buckets", buckets: 0, weights: [1: 1], counts: [:]),
    ])
  func quotas(_ row: Row) {
    let result = BucketAssignment(count: row.buckets).rebalanced(among: shares(row.weights))
    #expect(result.buckets.count == row.buckets)
    #expect(
      result.counts
        == Dictionary(uniqueKeysWithValues: row.counts.compactMap { raw, n in m(raw).map { ($0, n) } }))
  }

  @Test("X8: one member more of n moves 1/n of the buckets, evenly from the others", arguments: 2...16)
  func adding(n: Int) {
    let before = BucketAssignment(count: 1024).rebalanced(among: equal(n - 1))
    let after = before.rebalanced(among: equal(n))
    #expect(before.moved(to: after) == 1024 / n)
    var given: [MemberIndex: Int] = [:]
    for (old, new) in zip(before.buckets, after.buckets) where old != new {
      #expect(new == m(UInt32(n)))
      if let old { given[old, default: 0] += 1 }
    }
    #expect((given.values.max() ?? 0) - (given.values.min() ?? 0) <= 1)
  }

  @Test("X8: a removed member's buckets move, and no others, evenly to the rest", arguments: 2...16)
  func removing(n: Int) {
    let before = BucketAssignment(count: 1024).rebalanced(among: equal(n))
    let after = before.rebalanced(among: Array(equal(n).dropFirst()))
    for (old, new) in zip(before.buckets, after.buckets) where old != m(1) { #expect(old == new) }
    #expect(before.moved(to: after) == before.counts[1] ?? -1)
  }

  @Test("X8: what is fair already stays, whoever has the larger shares")
  func stable() {
    let lopsided = BucketAssignment(buckets: [m(3), m(3), m(2), m(2), m(1)])
    #expect(lopsided.rebalanced(among: shares([1: 1, 2: 1, 3: 1])) == lopsided)
  }

  @Test("X8: two members that come together each take from every donor")
  func twoComeTogether() {
    let before = BucketAssignment(count: 1024).rebalanced(among: equal(4))
    let after = before.rebalanced(among: equal(6))
    var moves: [MemberIndex: [MemberIndex: Int]] = [:]
    for case (let old?, let new?) in zip(before.buckets, after.buckets) where old != new {
      moves[new, default: [:]][old, default: 0] += 1
    }
    #expect(moves.count == 2)
    for (_, from) in moves {
      #expect(from.count == 4)
      #expect(from.values.allSatisfy { (30...56).contains($0) }, "\(from)")
    }
  }

  @Test("H8, X8: random histories are fair, minimal and reproducible", arguments: 1...40)
  func histories(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let buckets = [1, 7, 64, 256, 1024].randomElement(using: &random) ?? 64
    var weights: [UInt32: UInt32] = [:]
    var now = BucketAssignment(count: buckets)
    for _ in 0..<60 {
      let member = UInt32.random(in: 1...20, using: &random)
      if weights[member] != nil, Bool.random(using: &random) {
        weights[member] = nil
      } else {
        weights[member] = UInt32.random(in: 0...100, using: &random)
      }
      let next = now.rebalanced(among: shares(weights))
      check(next, from: now, weights)
      #expect(next == now.rebalanced(among: shares(weights).shuffled(using: &random)))
      #expect(next == next.rebalanced(among: shares(weights)), "a second time moves nothing")
      now = next
    }
  }

  @Test("X8: no fair assignment moves fewer buckets (all of them tried)", arguments: 1...60)
  func exhaustiveMinimum(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let buckets = Int.random(in: 1...7, using: &random)
    let before = BucketAssignment(
      buckets: (0..<buckets).map { _ in m(UInt32.random(in: 0...4, using: &random)) })
    var weights: [UInt32: UInt32] = [:]
    for member in UInt32(1)...3 { weights[member] = UInt32.random(in: 1...3, using: &random) }
    let after = before.rebalanced(among: shares(weights))
    let wanted = after.counts.values.sorted()
    var least = Int.max
    for code in 0..<Int(pow3(buckets)) {
      var rest = code
      let candidate = BucketAssignment(
        buckets: (0..<buckets).map { _ in
          defer { rest /= 3 }
          return m(UInt32(rest % 3 + 1))
        })
      // Fair: like the quotas, where members of equal remainder may change places.
      guard candidate.counts.values.sorted() == wanted, isLargestRemainder(candidate, weights) else {
        continue
      }
      least = min(least, before.moved(to: candidate))
    }
    #expect(before.moved(to: after) == least)
  }

  private func equal(_ n: Int) -> [MemberShare] {
    (1...max(n, 1)).prefix(n).compactMap { raw in
      m(UInt32(raw)).map { MemberShare(member: $0, weight: 100) }
    }
  }

  private func pow3(_ n: Int) -> Int { (0..<n).reduce(1) { power, _ in power * 3 } }

  private func check(
    _ next: BucketAssignment, from now: BucketAssignment, _ weights: [UInt32: UInt32]
  ) {
    let n = next.buckets.count
    let total = weights.values.reduce(0) { $0 + Int($1) }
    let counts = next.counts
    #expect(next.buckets.count == now.buckets.count)
    #expect(counts.values.reduce(0, +) == (total == 0 ? 0 : n))
    for (raw, weight) in weights where total > 0 {
      let has = m(raw).flatMap { counts[$0] } ?? 0
      // Within one bucket of the exact share.
      #expect(abs(has * total - n * Int(weight)) < total, "\(raw) has \(has)")
    }
    #expect(counts.keys.allSatisfy { weights[$0.raw] ?? 0 > 0 })
    let kept = now.counts.reduce(0) { $0 + min($1.value, counts[$1.key] ?? 0) }
    let held = now.counts.values.reduce(0, +)
    #expect(now.moved(to: next) == held - kept)
  }

  private func isLargestRemainder(
    _ candidate: BucketAssignment, _ weights: [UInt32: UInt32]
  ) -> Bool {
    let n = candidate.buckets.count
    let total = weights.values.reduce(0) { $0 + Int($1) }
    var up: [Int] = []
    var down: [Int] = []
    for (raw, weight) in weights {
      let exact = n * Int(weight)
      let has = m(raw).flatMap { candidate.counts[$0] } ?? 0
      switch has - exact / total {
      case 0: down.append(exact % total)
      case 1: up.append(exact % total)
      default: return false
      }
    }
    return (up.min() ?? .max) >= (down.max() ?? 0)
  }
}
