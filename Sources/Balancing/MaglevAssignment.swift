/// Buckets by the members alone, without history, so that independent switches with the same configuration compute the
/// same: the table population of Maglev (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer",
/// NSDI 2016, §3.4; X5, X8).
///
/// Each member has a permutation of the buckets, made of its name; the members take turns, and each takes the first
/// bucket of its permutation that nobody has. The paper's table size is prime, so that any skip gives a permutation; a
/// cluster's is a power of two, for which every *odd* skip does. (For other sizes the next skip that has no divisor in
/// common with the size is used.)
///
/// The turns are the exact quotas of `BucketAssignment`, interleaved: counts are the exact share rounded up or down,
/// which for equal weights is the paper's bound of a difference of one. What it costs when the members change is
/// measured in docs/balancing.md.
public enum MaglevAssignment {
  /// The assignment of `count` buckets.
  ///
  /// - Parameters:
  ///   - members: in any order. Without any weight all buckets are nil.
  ///   - seed: the same on all switches that are to agree; another one deals the cards anew.
  ///
  /// O(n log n) in the number of buckets, on the average.
  public static func buckets(count: Int, members: [MaglevMember], seed: UInt32) -> BucketAssignment {
    var result = BucketAssignment(count: count)
    let count = result.buckets.count
    guard count > 0 else { return result }
    // By name: the numbers of members differ from switch to switch.
    let ranked = members.filter { $0.weight > 0 }.sorted { a, b in
      a.name == b.name ? a.member < b.member : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
    var shares: [MemberShare] = []
    for (rank, member) in ranked.enumerated() {
      guard let stand = MemberIndex(raw: UInt32(rank) + 1) else { continue }
      shares.append(MemberShare(member: stand, weight: member.weight))
    }
    let quotas = Quotas(buckets: count, shares: shares) { _ in 0 }
    var turns: [Seat] = []
    turns.reserveCapacity(count)
    for (stand, quota) in zip(quotas.members, quotas.counts) {
      for turn in 0..<quota {
        turns.append(Seat(member: stand, turn: turn, of: Int(ranked[Int(stand.raw) - 1].weight)))
      }
    }
    turns.sort()

    var permutations = ranked.map { MaglevPermutation(name: $0.name, seed: seed, count: count) }
    for turn in turns {
      let rank = Int(turn.member.raw) - 1
      // As many turns as buckets: a free one is left.
      var bucket = permutations[rank].next()
      while result.buckets[bucket] != nil { bucket = permutations[rank].next() }
      result.buckets[bucket] = ranked[rank].member
    }
    return result
  }
}
