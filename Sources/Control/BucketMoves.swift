import Balancing

/// What a new assignment changes.
struct BucketMoves {
  /// Buckets that have another member now, or none.
  private(set) var total = 0
  /// By the member that had them: how many went to whom (0: nobody).
  private(set) var lost: [Int: [Int: Int]] = [:]
  private(set) var gained: [Int: Int] = [:]

  init(from before: [MemberIndex?], to after: [MemberIndex?]) {
    for (old, new) in zip(before, after) where old != new {
      total += 1
      let taker = new.map { Int($0.raw) } ?? 0
      if let old { lost[Int(old.raw), default: [:]][taker, default: 0] += 1 }
      if taker != 0 { gained[taker, default: 0] += 1 }
    }
  }
}
