import Testing

@testable import Balancing

@Suite("Load routine (H8, H9)")
struct LoadRoutineTests {
  static func equal(_ n: UInt32, weight: UInt32 = 100) -> [MemberShare] {
    (1...n).compactMap { raw in m(raw).map { MemberShare(member: $0, weight: weight) } }
  }

  /// 16 buckets of load 100 each at two members, of which the first has twice the load.
  static func lopsided() -> LoadPlant {
    var plant = LoadPlant(load: Array(repeating: 100, count: 24), shares: Self.equal(2))
    plant.targets = (0..<24).map { m($0 < 16 ? 1 : 2) }
    return plant
  }

  @Test("H8: it acts when a member is beyond the tolerance twice in a row, from the most to the least loaded")
  func first() {
    var plant = Self.lopsided()
    #expect(plant.step().isEmpty, "once may be chance")
    #expect(!plant.routine.isActing)
    let moves = plant.step()
    #expect(!moves.isEmpty)
    #expect(moves.allSatisfy { $0.from == 1 && $0.to == 2 })
    for _ in 0..<10 { plant.step() }
    #expect(plant.spread <= 0.125)
    #expect(!plant.routine.isActing)
  }

  @Test("H8: within the tolerance nothing moves; what began goes on to half of it (hysteresis)")
  func hysteresis() {
    // 14 and 10 of 24 buckets: 1/6 from the share, between half the tolerance and the tolerance.
    var plant = Self.lopsided()
    plant.targets = (0..<24).map { m($0 < 14 ? 1 : 2) }
    for _ in 0..<50 { #expect(plant.step().isEmpty) }
    plant = Self.lopsided()
    for _ in 0..<50 { plant.step() }
    #expect(plant.moves.count == 3, "16 to 13: within 1/8, not further")
  }

  @Test("H8: a part of the buckets moves in a step, more where load differs widely")
  func parts() {
    var plant = LoadPlant(load: Array(repeating: 10, count: 256), shares: Self.equal(2))
    plant.targets = (0..<256).map { m($0 < 170 ? 1 : 2) }
    plant.step()
    #expect(plant.step().count == 16)
    plant.routine.reset()
    plant.targets = (0..<256).map { m($0 < 250 ? 1 : 2) }
    plant.step()
    #expect(plant.step().count == 64)
  }

  @Test("H8: where load differs widely, each bucket goes to the member least loaded by then")
  func leastLoaded() {
    var plant = LoadPlant(load: Array(repeating: 10, count: 256), shares: Self.equal(4))
    plant.targets = Array(repeating: m(1), count: 256)
    plant.step()
    var counts: [MemberIndex: Int] = [:]
    for move in plant.step() { counts[move.to, default: 0] += 1 }
    #expect(counts.values.reduce(0, +) == 64)
    #expect(Set(counts.values).isSubset(of: [21, 22]))
  }

  @Test("H8: too little traffic says nothing")
  func floor() {
    var plant = Self.lopsided()
    plant.load = Array(repeating: 3, count: 24)
    for _ in 0..<20 { #expect(plant.step().isEmpty) }
    plant.load = Array(repeating: 0, count: 24)
    for _ in 0..<20 { #expect(plant.step().isEmpty) }
  }

  @Test("H8: a bucket heavier than the imbalance does not move; its member is relieved of the others")
  func elephant() {
    var plant = LoadPlant(load: [1000] + Array(repeating: 10, count: 63), shares: Self.equal(2))
    for _ in 0..<200 { plant.step() }
    #expect(plant.history[0] == nil)
    let elephant = plant.targets[0]
    #expect(plant.targets.count { $0 == elephant } == 1)
    #expect(plant.returned == 0)
    #expect(plant.moves.count == 31)
  }

  @Test("H8: one elephant at one of four: the others are compared without it")
  func aside() {
    var plant = LoadPlant(load: [10_000] + Array(repeating: 10, count: 255), shares: Self.equal(4))
    // Member 2 has much more than 3 and 4.
    plant.targets = (0..<256).map { m($0 == 0 ? 1 : $0 < 200 ? 2 : $0 % 2 == 0 ? 3 : 4) }
    for _ in 0..<100 { plant.step() }
    #expect(plant.targets[0] == m(1))
    let counts = BucketAssignment(buckets: plant.targets).counts
    for member in members(2, 3, 4) { #expect((70...97).contains(counts[member] ?? 0), "\(counts)") }
  }

  @Test("H8: an elephant moves where that helps: to a member of greater weight")
  func elephantMoves() {
    var plant = LoadPlant(load: [1000, 1, 1, 1], shares: shares([1: 10, 2: 100]))
    plant.targets = [m(1), m(2), m(2), m(2)]
    for _ in 0..<50 { plant.step() }
    #expect(plant.targets[0] == m(2))
    #expect(plant.history[0]?.count == 2)
  }

  @Test("X5: a member without weight, or that cannot serve, gets nothing, and what it has is not touched")
  func noWeight() {
    var plant = LoadPlant(load: Array(repeating: 100, count: 24), shares: shares([1: 100, 2: 100, 3: 0]))
    plant.targets = (0..<24).map { $0 < 14 ? m(1) : $0 < 18 ? m(2) : $0 < 20 ? m(3) : $0 < 22 ? m(9) : nil }
    for _ in 0..<50 { plant.step() }
    #expect(plant.moves.allSatisfy { $0.move.to == m(2) && $0.move.from == m(1) })
    #expect(Array(plant.targets[18...]) == [m(3), m(3), m(9), m(9), nil, nil])
  }

  @Test("H8: buckets in transition stay")
  func transition() {
    var routine = LoadRoutine()
    let targets = (0..<32).map { m($0 < 30 ? 1 : 2) }
    for _ in 0..<5 {
      let moves = routine.step(
        loads: Array(repeating: 100, count: 32), targets: targets, shares: Self.equal(2)
      ) { $0 % 2 == 1 }
      #expect(moves.allSatisfy { $0.bucket % 2 == 1 })
    }
    let none = routine.step(loads: Array(repeating: 100, count: 32), targets: targets, shares: Self.equal(2))
    {
      _ in false
    }
    #expect(none.isEmpty)
  }

  @Test("H8: nobody, one member, no buckets: nothing to do")
  func degenerate() {
    var routine = LoadRoutine()
    for _ in 0..<3 {
      #expect(routine.step(loads: [], targets: [], shares: []) { _ in true }.isEmpty)
      #expect(routine.step(loads: [500, 900], targets: [nil, nil], shares: []) { _ in true }.isEmpty)
      #expect(routine.step(loads: [500], targets: [m(1)], shares: Self.equal(2)) { _ in true }.isEmpty)
      #expect(
        routine.step(loads: [.max, .max], targets: [m(1), m(1)], shares: Self.equal(1)) { _ in true }.isEmpty)
    }
  }

  @Test("X8: a membership change keeps what was moved: adjusted weights")
  func adjusted() throws {
    // The buckets of member 1 are twice as heavy.
    var plant = LoadPlant(load: Array(repeating: 10, count: 1024), shares: Self.equal(4))
    for bucket in plant.targets.indices where plant.targets[bucket] == m(1) { plant.load[bucket] = 20 }
    #expect(plant.routine.adjusted(plant.shares) == plant.shares)
    for _ in 0..<50 { plant.step() }
    let table = BucketAssignment(buckets: plant.targets)
    #expect(plant.moves.count > 50)
    #expect(table.rebalanced(among: plant.routine.adjusted(plant.shares)) == table)
    #expect(table.moved(to: table.rebalanced(among: plant.shares)) > 50, "the plain weights would undo it")
    // A fifth member takes a fifth, in proportion from all; one that leaves gives its buckets and no others move.
    let more = table.rebalanced(among: plant.routine.adjusted(Self.equal(5)))
    #expect((203...206).contains(table.moved(to: more)))
    let fewer = table.rebalanced(among: plant.routine.adjusted(Array(Self.equal(4).dropLast())))
    #expect(table.moved(to: fewer) == table.counts[4])
    // A restarted daemon finds the same.
    let again = LoadRoutine(settings: LoadSettings(), adopting: plant.targets, shares: plant.shares)
    #expect(table.rebalanced(among: again.adjusted(plant.shares)) == table)
  }
}
