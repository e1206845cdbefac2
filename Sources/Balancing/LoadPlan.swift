/// The members' loads during a step of `LoadRoutine`, and which move is best.
struct LoadPlan: Sendable {
  struct Member: Sendable {
    let member: MemberIndex
    let weight: Double
    var load = 0.0
    var buckets = 0
    /// Its load can not be brought down; the others are compared without it.
    var isAside = false
    /// Its buckets by load, ascending, without those that moved in this step; nil: not needed yet.
    var order: [Int]?
  }

  enum Permission: Hashable, Sendable {
    case anywhere, nowhere
    case anywhereBut(MemberIndex)
  }

  /// In ascending order, none with weight 0.
  private(set) var members: [Member]
  private let load: [Double]
  private var slots: [Int?]

  /// Buckets without a member, or with one that is not in `shares`, do not count.
  init(load: [Double], targets: [MemberIndex?], shares: [MemberShare]) {
    var weights: [MemberIndex: Double] = [:]
    for share in shares where share.weight > 0 {
      weights[share.member, default: 0] += Double(share.weight)
    }
    members = weights.sorted { $0.key < $1.key }.map { Member(member: $0.key, weight: $0.value) }
    let positions = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.member, $0) })
    self.load = load
    slots = targets.map { $0.flatMap { positions[$0] } }
    for (bucket, slot) in slots.enumerated() {
      guard let slot else { continue }
      members[slot].load += load[bucket]
      members[slot].buckets += 1
    }
  }

  private var compared: [Int] { members.indices.filter { !members[$0].isAside } }

  /// Load that one unit of weight is due.
  private var unit: Double {
    var load = 0.0
    var weight = 0.0
    for member in members where !member.isAside {
      load += member.load
      weight += member.weight
    }
    return weight > 0 ? load / weight : 0
  }

  /// A member's load relative to its share; 1: just right.
  private func relative(_ slot: Int, _ unit: Double, plus more: Double = 0) -> Double {
    unit > 0 ? (members[slot].load + more) / (members[slot].weight * unit) : 1
  }

  /// How far the furthest member is from its share, relative to it.
  var spread: Double {
    let unit = unit
    return compared.reduce(0) { max($0, abs(relative($1, unit) - 1)) }
  }

  /// A member has more than twice another's load, relative to weight.
  var differsWidely: Bool {
    let unit = unit
    let all = compared.map { relative($0, unit) }
    return (all.max() ?? 1) > 2 * (all.min() ?? 1)
  }

  /// Sets members aside, the most loaded first, from which no bucket could be taken with a gain, even if all were free to
  /// move.
  mutating func setAside(gain: Double) {
    while true {
      let unit = unit
      guard
        let top = compared.max(by: { relative($0, unit) < relative($1, unit) }), relative(top, unit) > 1,
        move(from: top, unit, gain, { _ in .anywhere }) == nil
      else { return }
      members[top].isAside = true
    }
  }

  /// The next move: from the most loaded member that has a bucket to give, to the least loaded one.
  mutating func best(gain: Double, mayMove: (Int) -> Permission) -> BucketMove? {
    let unit = unit
    let donors = compared.filter { relative($0, unit) > 1 }
      .sorted { relative($0, unit) > relative($1, unit) }
    for donor in donors {
      if let move = move(from: donor, unit, gain, mayMove) { return move }
    }
    return nil
  }

  mutating func carryOut(_ move: BucketMove) {
    guard let from = slots[move.bucket], let to = members.firstIndex(where: { $0.member == move.to })
    else { return }
    slots[move.bucket] = to
    members[from].load -= load[move.bucket]
    members[from].buckets -= 1
    members[to].load += load[move.bucket]
    members[to].buckets += 1
    members[from].order?.removeAll { $0 == move.bucket }
  }

  private mutating func move(
    from donor: Int, _ unit: Double, _ gain: Double, _ mayMove: (Int) -> Permission
  ) -> BucketMove? {
    let taker = compared.filter { $0 != donor }.min { relative($0, unit) < relative($1, unit) }
    guard let taker else { return nil }
    let buckets = order(of: donor)
    let fits = min(
      members[donor].load - members[donor].weight * unit, members[taker].weight * unit - members[taker].load)
    let target = members[taker].member
    func isAllowed(_ bucket: Int) -> Bool {
      switch mayMove(bucket) {
      case .anywhere: true
      case .nowhere: false
      case .anywhereBut(let last): last != target
      }
    }
    // The heaviest that leaves the one above its share and the other below.
    let above = firstHeavier(than: fits, in: buckets)
    if let bucket = buckets[..<above].last(where: { load[$0] > 0 && isAllowed($0) }) {
      return BucketMove(bucket: bucket, from: members[donor].member, to: target)
    }
    // Or the lightest heavier one, if it helps nevertheless.
    guard let bucket = buckets[above...].first(where: isAllowed) else { return nil }
    let donorNow = relative(donor, unit)
    let donorThen = relative(donor, unit, plus: -load[bucket])
    let takerNow = relative(taker, unit)
    let takerThen = relative(taker, unit, plus: load[bucket])
    let helps = max(donorThen, takerThen) <= donorNow - gain && takerNow + takerThen < donorNow + donorThen
    return helps ? BucketMove(bucket: bucket, from: members[donor].member, to: target) : nil
  }

  private mutating func order(of slot: Int) -> [Int] {
    if let order = members[slot].order { return order }
    let order = slots.indices.filter { slots[$0] == slot }.sorted { (load[$0], $0) < (load[$1], $1) }
    members[slot].order = order
    return order
  }

  private func firstHeavier(than limit: Double, in order: [Int]) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if load[order[middle]] <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
