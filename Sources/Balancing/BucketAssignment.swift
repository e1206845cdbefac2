/// Which member each bucket of a cluster belongs to, and the rule by which that changes (X8).
///
/// A bucket moves only if its member cannot serve any more or has more than its quota; so with n members of equal
/// weight, adding or removing one moves 1/n of the buckets, which is the least that any rule can move.
///
/// What is passed in should be what was wanted last (`BucketMachine.targets`), not what the datapath does at the
/// moment: buckets on their way would be moved twice.
public struct BucketAssignment: Hashable, Sendable {
  /// Nil: no member.
  public var buckets: [MemberIndex?]

  public init(buckets: [MemberIndex?]) { self.buckets = buckets }

  /// `count` buckets without a member.
  public init(count: Int) { buckets = Array(repeating: nil, count: max(count, 0)) }

  /// The buckets that each member has.
  public var counts: [MemberIndex: Int] {
    let held = held
    var counts: [MemberIndex: Int] = [:]
    for case let member? in buckets where counts[member] == nil { counts[member] = held[member] }
    return counts
  }

  /// The assignment to the members in `shares`, moving the fewest buckets.
  ///
  /// Each member gets its exact share (buckets × weight / sum of weights) rounded up or down. What a member has too
  /// much is taken from all over its buckets; what several members lack is dealt to them alternately, each from every
  /// donor in proportion to its excess. A member named twice counts with the sum of its weights. Without any
  /// weight all buckets become nil. The result depends on nothing but the arguments; not on the order of `shares`.
  ///
  /// O(n log n) in the number of buckets and members.
  public func rebalanced(among shares: [MemberShare]) -> BucketAssignment {
    let held = held
    let quotas = Quotas(buckets: buckets.count, shares: shares) { held[$0] }
    return dealt(quotas, held: held)
  }

  /// The assignment while the members in `growing` grow into their weights (X5): every bucket that moves goes to one of
  /// them, up to its quota.
  ///
  /// `rebalanced(among:)` can move a bucket between two others at such a step, because their remainders change places.
  /// Here the others only give: always the one that has most relative to its weight. Where a bucket has no member that
  /// can serve, the rule is `rebalanced(among:)`.
  public func rebalanced(among shares: [MemberShare], growing: Set<MemberIndex>) -> BucketAssignment {
    let held = held
    let quotas = Quotas(buckets: buckets.count, shares: shares) { held[$0] }
    let settled = quotas.members.reduce(0) { $0 + held[$1] } == buckets.count
    guard settled, quotas.members.contains(where: { !growing.contains($0) }) else {
      return dealt(quotas, held: held)
    }
    return dealt(quotas.growing(growing, shares: shares) { held[$0] }, held: held)
  }

  private var held: MemberMap<Int> {
    var held = MemberMap(buckets.lazy.compactMap { $0 }, usual: 0)
    for case let member? in buckets { held[member] += 1 }
    return held
  }

  private func dealt(_ quotas: Quotas, held: MemberMap<Int>) -> BucketAssignment {
    guard !quotas.members.isEmpty else { return BucketAssignment(count: buckets.count) }

    // Who is none of them gives all that it has.
    var donors = MemberMap<Donor?>(quotas.members, usual: nil)
    var wanted: [Seat] = []
    for (member, quota) in zip(quotas.members, quotas.counts) {
      let has = held[member]
      donors[member] = Donor(held: has, excess: max(has - quota, 0))
      let lacks = max(quota - has, 0)
      for turn in 0..<lacks { wanted.append(Seat(member: member, turn: turn, of: lacks)) }
    }
    wanted.sort()

    // By donor, so that neighbouring seats, which are of different members, take from the same one.
    var given: [(donor: UInt32, bucket: Int)] = []
    for (bucket, member) in buckets.enumerated() {
      if let member, donors[member]?.givesNext() == false { continue }
      given.append((member?.raw ?? 0, bucket))
    }
    given.sort { $0 < $1 }

    var result = self
    for (item, seat) in zip(given, wanted) { result.buckets[item.bucket] = seat.member }
    return result
  }

  /// How many buckets that have a member have another one, or none, in `other`.
  public func moved(to other: BucketAssignment) -> Int {
    zip(buckets, other.buckets).count { $0 != nil && $0 != $1 }
  }
}
