/// The members' loads during a step of `LoadRoutine`, and which move is best.
struct LoadPlan: Sendable {
  struct Member: Sendable {
    let member: MemberIndex
    let weight: Double
    var load = 0.0
    var buckets = 0
    /// Its load can not be brought down; the others are compared without it.
    var isAside = false
    /// Its buckets without those that came in this step; by load, ascending, once that is needed.
    var order: [Int] = []
    var isSorted = false
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
      members[slot].order.append(bucket)
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
    guard let top = donors.max(by: { relative($0, unit) < relative($1, unit) }) else { return nil }
    if let move = move(from: top, unit, gain, mayMove) { return move }
    for donor in donors.sorted(by: { relative($0, unit) > relative($1, unit) }) where donor != top {
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
    // Among those of equal load it is not far.
    var place = firstHeavier(than: load[move.bucket], in: order(of: from)) - 1
    while place >= 0, members[from].order[place] != move.bucket { place -= 1 }
    if place >= 0 { members[from].order.remove(at: place) }
  }

  private mutating func move(
    from donor: Int, _ unit: Double, _ gain: Double, _ mayMove: (Int) -> Permission
  ) -> BucketMove? {
    let takers = compared.filter { $0 != donor }
    guard let taker = takers.min(by: { relative($0, unit) < relative($1, unit) }) else { return nil }
    let buckets = order(of: donor)
    // One bucket heavier than all that the member is due: if it can be anywhere better, then before all others, which
    // would else make room for it here and come back.
    if let bucket = buckets.last, load[bucket] > members[donor].weight * unit {
      let best = takers.min {
        relative($0, unit, plus: load[bucket]) < relative($1, unit, plus: load[bucket])
      }
      if let best, allows(mayMove(bucket), best), helps(bucket, donor, best, unit, gain) {
        return BucketMove(bucket: bucket, from: members[donor].member, to: members[best].member)
      }
    }
    // The heaviest that leaves the one above its share and the other below.
    let fits = min(
      members[donor].load - members[donor].weight * unit, members[taker].weight * unit - members[taker].load)
    let above = firstHeavier(than: fits, in: buckets)
    let light = buckets[..<above].last { load[$0] > 0 && allows(mayMove($0), taker) }
    if let light {
      return BucketMove(bucket: light, from: members[donor].member, to: members[taker].member)
    }
    // Or the lightest heavier one, if it helps nevertheless.
    guard let heavy = buckets[above...].first(where: { allows(mayMove($0), taker) }),
      helps(heavy, donor, taker, unit, gain)
    else { return nil }
    return BucketMove(bucket: heavy, from: members[donor].member, to: members[taker].member)
  }

  private func allows(_ permission: Permission, _ taker: Int) -> Bool {
    switch permission {
    case .anywhere: true
    case .nowhere: false
    case .anywhereBut(let last): last != members[taker].member
    }
  }

  /// The higher of the two is lower by `gain` afterwards, and the sum of the squares falls.
  private func helps(_ bucket: Int, _ donor: Int, _ taker: Int, _ unit: Double, _ gain: Double) -> Bool {
    let donorNow = relative(donor, unit)
    let donorThen = relative(donor, unit, plus: -load[bucket])
    let takerNow = relative(taker, unit)
    let takerThen = relative(taker, unit, plus: load[bucket])
    return max(donorThen, takerThen) <= donorNow - gain && takerNow + takerThen < donorNow + donorThen
  }

  private mutating func order(of slot: Int) -> [Int] {
    if !members[slot].isSorted {
      let load = load
      members[slot].order.sort { (load[$0], $0) < (load[$1], $1) }
      members[slot].isSorted = true
    }
    return members[slot].order
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
