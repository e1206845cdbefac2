/// The periodic load routine: moves buckets from the most to the least loaded member relative to its weight (H8; H9 for
/// the routers of a pool, where a bucket is a share of the servers). Only new flows move: what it returns are wishes for
/// `BucketMachine`. Owned by control, one for each cluster or pool; no clock, no I/O.
///
/// It looks at the load of *buckets*, which does not depend on where they are, and credits it to the member that is to
/// have them. So a move shows its effect at once, although the flows follow later, and is not made twice.
///
/// ```
///             further than the tolerance from its share, twice in a row
///   ┌───────┐ ─────────────────────────────────────────────────────────▶ ┌────────┐
///   │ quiet │                                                            │ acting │ moves in every step
///   └───────┘ ◀───────────────────────────────────────────────────────── └────────┘
///                       every member within half the tolerance
/// ```
///
/// Why it does not oscillate: the load is smoothed; each move lowers the sum of the squares of the members' loads, so
/// under steady load no assignment comes twice; a bucket heavier than what its member has too much moves only if the
/// higher of both members is then lower than before by half the tolerance; and a bucket that moved stays for a while,
/// and four times as long before it goes back.
///
/// A member whose load cannot be brought down, because one bucket alone is heavier than its share, is set aside, and
/// the others are compared with each other.
public struct LoadRoutine: Sendable {
  public var settings: LoadSettings
  /// Whether it is moving buckets, see the diagram.
  public private(set) var isActing = false

  private var load: [Double] = []
  private var moves: [Int: Moved] = [:]
  private var streak = 0
  private var turn = 0
  /// Buckets per weight that each member has by now, relative to the average.
  private var factors: [MemberIndex: Double] = [:]

  private struct Moved {
    var turn: Int
    var from: MemberIndex
  }

  public init(settings: LoadSettings = LoadSettings()) { self.settings = settings }

  /// - Parameter tolerance: how far a member's load may be from its share, in percent of the share.
  public init(tolerance: Int) { self.init(settings: LoadSettings(tolerance: tolerance)) }

  /// A restarted daemon finds buckets that an earlier routine dealt (X7).
  public init(settings: LoadSettings, adopting targets: [MemberIndex?], shares: [MemberShare]) {
    self.settings = settings
    learn(LoadPlan(load: targets.map { _ in 0 }, targets: targets, shares: shares))
  }

  /// One step of the routine.
  ///
  /// - Parameters:
  ///   - loads: what was measured for each bucket since the last step, in any unit.
  ///   - targets: the member that each bucket is to have (`BucketMachine.targets`).
  ///   - shares: the members that can serve.
  ///   - isMovable: false for a bucket in transition. Its load is then split between two members, so less than before is
  ///     not believed.
  /// - Returns: each bucket at most once; `from` is its target, `to` has a weight.
  public mutating func step(
    loads: [UInt64], targets: [MemberIndex?], shares: [MemberShare], isMovable: (_ bucket: Int) -> Bool
  ) -> [BucketMove] {
    turn += 1
    smooth(loads, targets.count, isMovable)
    let measured = loads.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
    guard measured >= max(settings.floor, 1) else {
      streak = 0
      isActing = false
      return []
    }
    var plan = LoadPlan(load: load, targets: targets, shares: shares)
    let tolerance = Double(settings.tolerance) / 100
    plan.setAside(gain: tolerance / 2)
    streak = plan.spread > tolerance ? streak + 1 : 0
    if streak >= 2 { isActing = true }
    guard isActing else { return [] }

    moves = moves.filter { turn - $0.value.turn <= settings.coolDown * 4 }
    let part = plan.differsWidely ? settings.widePart : settings.part
    var result: [BucketMove] = []
    let most = min(max(targets.count / part, 1), settings.mostMoves)
    while result.count < most, plan.spread > tolerance / 2 {
      guard let move = plan.best(gain: tolerance / 2, mayMove: { mayMove($0, isMovable) }) else { break }
      plan.carryOut(move)
      result.append(move)
      moves[move.bucket] = Moved(turn: turn, from: move.from)
      plan.setAside(gain: tolerance / 2)
    }
    if plan.spread <= tolerance / 2 { isActing = false }
    if !result.isEmpty { learn(plan) }
    return result
  }

  /// The weights with which `BucketAssignment.rebalanced` keeps what the routine has moved: each member's weight times
  /// the buckets that it has for its weight, relative to the average. A new member counts with its own weight. The
  /// shares themselves while the routine moved nothing.
  public func adjusted(_ shares: [MemberShare]) -> [MemberShare] {
    guard !factors.isEmpty else { return shares }
    var weights: [MemberIndex: Double] = [:]
    for share in shares { weights[share.member, default: 0] += Double(share.weight) }
    for (member, weight) in weights { weights[member] = weight * (factors[member] ?? 1) }
    // As fine as a weight can be: half a bucket of the largest table must not be lost in rounding.
    let scale = Double(1 << 31) / max(weights.values.max() ?? 0, .leastNormalMagnitude)
    return weights.sorted { $0.key < $1.key }.map { member, weight in
      MemberShare(member: member, weight: weight > 0 ? max(UInt32(weight * scale), 1) : 0)
    }
  }

  /// Forgets what was moved and measured: the next assignment follows the weights alone.
  public mutating func reset() { self = LoadRoutine(settings: settings) }

  private mutating func smooth(_ loads: [UInt64], _ count: Int, _ isMovable: (Int) -> Bool) {
    guard load.count == count else {
      load = (0..<count).map { $0 < loads.count ? Double(loads[$0]) : 0 }
      moves = [:]
      return
    }
    let part = Double(settings.smoothing) / 100
    for bucket in load.indices {
      let news = bucket < loads.count ? Double(loads[bucket]) : 0
      if news < load[bucket], !isMovable(bucket) { continue }
      load[bucket] += (news - load[bucket]) * part
    }
  }

  private func mayMove(_ bucket: Int, _ isMovable: (Int) -> Bool) -> LoadPlan.Permission {
    guard isMovable(bucket) else { return .nowhere }
    guard let last = moves[bucket] else { return .anywhere }
    if turn - last.turn <= settings.coolDown { return .nowhere }
    return .anywhereBut(last.from)
  }

  private mutating func learn(_ plan: LoadPlan) {
    let buckets = plan.members.reduce(0) { $0 + $1.buckets }
    let weights = plan.members.reduce(0) { $0 + $1.weight }
    guard buckets > 0 else { return }
    factors = [:]
    for member in plan.members {
      // A member without buckets keeps a trace of its weight, too little for one.
      let has = max(Double(member.buckets), 1.0 / 64)
      factors[member.member] = has * weights / (member.weight * Double(buckets))
    }
  }
}
