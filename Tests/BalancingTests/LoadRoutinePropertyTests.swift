import Testing

@testable import Balancing

@Suite("Load routine: random loads (H8)")
struct LoadRoutinePropertyTests {
  enum Kind: CaseIterable, Sendable {
    case steady, skewed, elephant, noise, late
  }

  static func plant(_ kind: Kind, seed: UInt64) -> LoadPlant {
    var random = SplitMix64(seed: seed)
    let count = [64, 256].randomElement(using: &random) ?? 256
    let n = UInt32.random(in: 2...8, using: &random)
    let shares = (1...n).compactMap { raw in
      m(raw).map { MemberShare(member: $0, weight: UInt32.random(in: 50...150, using: &random)) }
    }
    var load = (0..<count).map { _ in Double.random(in: 50...150, using: &random) }
    switch kind {
    case .steady: break
    // Like the sizes of flows: a few buckets have most of the load.
    case .skewed: load = load.map { _ in 20 / Double.random(in: 0.02...1, using: &random) }
    case .elephant:
      load[Int.random(in: 0..<count, using: &random)] =
        Double(count) * Double.random(in: 20...300, using: &random)
    case .noise, .late: break
    }
    var plant = LoadPlant(load: load, shares: shares, seed: seed)
    // Not where the weights would have put them.
    let loaded = Bool.random(using: &random) ? m(1) : nil
    for bucket in plant.targets.indices where Int.random(in: 0..<3, using: &random) == 0 {
      plant.targets[bucket] = loaded ?? shares.randomElement(using: &random)?.member
    }
    if kind == .noise { plant.noise = 0.4 }
    plant.followsLate = kind == .late
    return plant
  }

  @Test(
    "H8: it converges, in few moves, never oscillates, and loses no bucket", arguments: Kind.allCases,
    1...5 as ClosedRange<UInt64>)
  func converges(kind: Kind, seed: UInt64) {
    var plant = Self.plant(kind, seed: seed)
    let before = plant.spread
    for _ in 0..<120 { plant.step() }
    let settled = plant.moves.count
    for _ in 0..<50 { plant.step() }
    // Noise may bring a member beyond the tolerance now and then.
    #expect(plant.moves.count <= settled + (kind == .noise ? 3 : 0), "nothing moves any more")
    #expect(plant.returned == 0, "no bucket moves back")
    #expect(plant.moves.count <= plant.load.count, "\(plant.moves.count) of \(plant.load.count)")
    #expect(plant.targets.allSatisfy { $0 != nil })
    // Buckets are as fine as they are: where they are few and unequal, no other place for any of them is better.
    #expect(
      plant.spread <= 0.25 || (kind != .noise && !plant.canImprove(by: 0.125)), "\(before) → \(plant.spread)")
    for (turn, _) in plant.moves {
      #expect(plant.moves.count { $0.turn == turn } <= max(plant.load.count / 4, 1))
    }
  }

  @Test("H8: under steady load every move lowers the higher of the two members", arguments: 1...6)
  func everyMoveHelps(seed: UInt64) {
    var plant = Self.plant(.skewed, seed: seed)
    for _ in 0..<60 {
      let before = plant.relative
      var targets = plant.targets
      for move in plant.step() {
        var now = plant
        now.targets = targets
        let from = now.relative[move.from] ?? 0
        targets[move.bucket] = move.to
        now.targets = targets
        #expect(max(now.relative[move.from] ?? 0, now.relative[move.to] ?? 0) < from)
      }
      #expect((plant.relative.values.max() ?? 0) <= (before.values.max() ?? 0) + 1e-9)
    }
  }

  @Test(
    "H8: load that changes for good is followed; buckets go back only after a long while", arguments: 1...10)
  func change(seed: UInt64) {
    var plant = Self.plant(.skewed, seed: seed)
    var random = SplitMix64(seed: seed ^ 77)
    for _ in 0..<60 { plant.step() }
    plant.load.shuffle(using: &random)
    for _ in 0..<100 { plant.step() }
    #expect(plant.spread <= 0.25)
    var last: [Int: (turn: Int, from: MemberIndex)] = [:]
    for (turn, move) in plant.moves {
      if let before = last[move.bucket] {
        #expect(turn - before.turn > 6)
        if before.from == move.to { #expect(turn - before.turn > 24) }
      }
      last[move.bucket] = (turn, move.from)
    }
  }

  @Test("H8: steady load with strong noise at the brink of the tolerance moves little", arguments: 1...10)
  func brink(seed: UInt64) {
    // Few buckets of very different load: the noise of one is felt.
    var plant = LoadPlant(
      load: [400, 300, 250, 200, 150, 120, 100, 100, 80, 60, 50, 40], shares: LoadRoutineTests.equal(3),
      seed: seed)
    plant.noise = 0.3
    for _ in 0..<1000 { plant.step() }
    #expect(plant.moves.count <= 20, "\(plant.moves.count) in 1000 steps")
  }
}
