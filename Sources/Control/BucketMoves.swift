import Balancing

/// What a new assignment changes.
struct BucketMoves {
  /// Buckets that have another member now, or none.
  private(set) var total = 0
  /// How many went from whom to whom.
  private var counts: [Pair: Int] = [:]

  private struct Pair: Hashable {
    /// 0: nobody.
    var from: UInt32
    var to: UInt32
  }

  init(from before: [MemberIndex?], to after: [MemberIndex?]) {
    for (old, new) in zip(before, after) where old != new {
      total += 1
      counts[Pair(from: old?.raw ?? 0, to: new?.raw ?? 0), default: 0] += 1
    }
  }

  /// Who took how many of a member's buckets; 0: nobody.
  func lost(by member: Int) -> [Int: Int] {
    var takers: [Int: Int] = [:]
    for (pair, count) in counts where pair.from == member { takers[Int(pair.to)] = count }
    return takers
  }

  func gained(by member: Int) -> Int {
    counts.reduce(0) { $1.key.to == member ? $0 + $1.value : $0 }
  }
}
