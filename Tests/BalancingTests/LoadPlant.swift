@testable import Balancing

/// A cluster under load, as the load routine sees it: each bucket has its own load; a bucket that moved is in transition
/// for some steps.
struct LoadPlant {
  var routine: LoadRoutine
  var targets: [MemberIndex?]
  var shares: [MemberShare]
  /// The true load of each bucket.
  var load: [Double]
  /// Steps that a transition lasts.
  var transition = 3
  /// Measured loads differ from the true ones by up to this part.
  var noise = 0.0
  /// If true, what is measured of a moved bucket begins at 0 and grows again during eight steps: only new flows are seen.
  var followsLate = false
  var random: SplitMix64
  private(set) var turn = 0
  /// Every member that a bucket has had, in order.
  private(set) var history: [Int: [MemberIndex]] = [:]
  private(set) var moves: [(turn: Int, move: BucketMove)] = []
  private var movedAt: [Int: Int] = [:]

  init(load: [Double], shares: [MemberShare], settings: LoadSettings = LoadSettings(), seed: UInt64 = 1) {
    routine = LoadRoutine(settings: settings)
    targets = BucketAssignment(count: load.count).rebalanced(among: shares).buckets
    self.load = load
    self.shares = shares
    random = SplitMix64(seed: seed)
  }

  /// One step of the routine; its moves are carried out.
  @discardableResult
  mutating func step() -> [BucketMove] {
    turn += 1
    var measured: [UInt64] = []
    for bucket in load.indices {
      var seen = load[bucket] * (1 + noise * Double.random(in: -1...1, using: &random))
      if followsLate, let moved = movedAt[bucket] { seen *= min(Double(turn - moved) / 8, 1) }
      measured.append(UInt64(seen))
    }
    let moved = movedAt
    let now = turn
    let transition = transition
    let result = routine.step(loads: measured, targets: targets, shares: shares) { bucket in
      moved[bucket].map { now - $0 > transition } ?? true
    }
    for move in result {
      if history[move.bucket] == nil { history[move.bucket] = [move.from] }
      history[move.bucket]?.append(move.to)
      targets[move.bucket] = move.to
      movedAt[move.bucket] = turn
      moves.append((turn, move))
    }
    return result
  }

  /// The members' true loads relative to their shares, credited to the targets.
  var relative: [MemberIndex: Double] {
    var loads: [MemberIndex: Double] = [:]
    for case (let target?, let load) in zip(targets, load) { loads[target, default: 0] += load }
    let total = load.reduce(0, +)
    let weights = shares.reduce(0) { $0 + Double($1.weight) }
    var result: [MemberIndex: Double] = [:]
    for share in shares where share.weight > 0 {
      result[share.member] = (loads[share.member] ?? 0) / (total * Double(share.weight) / weights)
    }
    return result
  }

  /// How far the furthest member is from its share. Members that have nothing but one bucket heavier than their share are
  /// left out: nobody could do better.
  var spread: Double {
    var rest = self
    for (member, relative) in relative where relative > 1 {
      let own = targets.indices.filter { targets[$0] == member && load[$0] > 0 }
      if own.count == 1, let bucket = own.first {
        rest.load[bucket] = 0
        rest.shares.removeAll { $0.member == member }
      }
    }
    return rest.relative.values.reduce(0) { max($0, abs($1 - 1)) }
  }

  /// Whether any bucket of the most loaded member could move to the least loaded one with a gain: within what the two have
  /// too much and too little, or lowering the higher of them by `gain`. All are tried.
  func canImprove(by gain: Double) -> Bool {
    let now = relative
    guard let (taker, low) = now.min(by: { $0.value < $1.value }),
      let (donor, high) = now.max(by: { $0.value < $1.value })
    else { return false }
    for bucket in targets.indices where targets[bucket] == donor && load[bucket] > 0 {
      var other = self
      other.targets[bucket] = taker
      let then = other.relative
      let (donorThen, takerThen) = (then[donor] ?? 0, then[taker] ?? 0)
      if donorThen >= 1, takerThen <= 1 { return true }
      if max(donorThen, takerThen) <= high - gain, low + takerThen < high + donorThen { return true }
    }
    return false
  }

  /// Buckets that came back to a member that they had left.
  var returned: Int { history.values.count { Set($0).count < $0.count } }
}
