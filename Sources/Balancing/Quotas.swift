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
}
