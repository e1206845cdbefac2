/// How many buckets each member is due: the exact share rounded by the largest remainder (Hamilton's method), so
/// that every quota is the exact share rounded up or down and all buckets are given out.
///
/// Where remainders are equal, the extra bucket stays with a member that already has it, then goes to the lower
/// index: the result is the same whatever the order of the members, and moves the fewest buckets (X8).
struct Quotas {
  /// In ascending order, each member once, none with weight 0.
  let members: [MemberIndex]
  /// Beside `members`; sums up to `buckets`, or is empty.
  let counts: [Int]

  init(buckets: Int, shares: [MemberShare], held: (MemberIndex) -> Int) {
    var weights: [MemberIndex: UInt64] = [:]
    for share in shares where share.weight > 0 {
      weights[share.member, default: 0] += UInt64(share.weight)
    }
    let members = weights.keys.sorted()
    let total = weights.values.reduce(0, +)
    self.members = members
    guard total > 0 else {
      counts = []
      return
    }
    var counts: [Int] = []
    var claims: [(slot: Int, remainder: UInt64, holds: Bool)] = []
    counts.reserveCapacity(members.count)
    claims.reserveCapacity(members.count)
    for (slot, member) in members.enumerated() {
      let product = (weights[member] ?? 0).multipliedFullWidth(by: UInt64(buckets))
      let (floor, remainder) = total.dividingFullWidth((product.high, product.low))
      counts.append(Int(floor))
      claims.append((slot, remainder, held(member) > Int(floor)))
    }
    claims.sort { a, b in
      if a.remainder != b.remainder { return a.remainder > b.remainder }
      if a.holds != b.holds { return a.holds }
      return a.slot < b.slot
    }
    for claim in claims.prefix(buckets - counts.reduce(0, +)) { counts[claim.slot] += 1 }
    self.counts = counts
  }

  private init(members: [MemberIndex], counts: [Int]) {
    self.members = members
    self.counts = counts
  }

  /// These quotas where the members in `growing` only take and the others only give: what is taken comes each time from
  /// the one that has most relative to its weight. All buckets must be held by `members`.
  func growing(_ growing: Set<MemberIndex>, shares: [MemberShare], held: (MemberIndex) -> Int) -> Quotas {
    var weights: [MemberIndex: Double] = [:]
    for share in shares where share.weight > 0 {
      weights[share.member, default: 0] += Double(share.weight)
    }
    var counts = members.map(held)
    var taken = 0
    var givers: [Int] = []
    for (slot, member) in members.enumerated() {
      if growing.contains(member) {
        let more = max(self.counts[slot] - counts[slot], 0)
        counts[slot] += more
        taken += more
      } else {
        givers.append(slot)
      }
    }
    let relative = members.map { 1 / (weights[$0] ?? 1) }
    while taken > 0 {
      let giver = givers.max { Double(counts[$0]) * relative[$0] < Double(counts[$1]) * relative[$1] }
      guard let giver, counts[giver] > 0 else { break }
      counts[giver] -= 1
      taken -= 1
    }
    return Quotas(members: members, counts: counts)
  }
}
