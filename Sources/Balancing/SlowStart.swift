/// The weight of a member that is new or has returned: from a tenth of its own up to all of it, in equal steps (X5). A
/// cold server warms up with few flows, and the moved buckets come in small parts.
public enum SlowStart {
  /// Steps from the first weight to the full one.
  public static let steps = 20
  /// What `shares` multiplies weights with, so that a tenth of 1 and its steps are whole numbers.
  public static let scale: UInt32 = 200

  /// Never 0 unless `full` is; never falls while `elapsed` grows.
  ///
  /// - Parameters:
  ///   - full: the configured weight.
  ///   - elapsed: since the member began to serve.
  ///   - duration: until it has all its weight; zero or less: at once.
  public static func weight(_ full: UInt32, elapsed: Duration, over duration: Duration) -> UInt32 {
    let step = step(elapsed, duration)
    guard step < steps, full > 0 else { return full }
    let first = max(full / 10, 1)
    return first + UInt32(UInt64(full - first) * UInt64(step) / UInt64(steps))
  }

  /// When the weight may change next, on the scale of `elapsed`; nil: it is the full one.
  public static func nextStep(elapsed: Duration, over duration: Duration) -> Duration? {
    let step = step(elapsed, duration)
    return step < steps ? duration * (step + 1) / steps : nil
  }

  /// The weights of a cluster of which some members are starting.
  ///
  /// Weights relate to each other alone; all are multiplied with `scale` while one member starts, because a weight of 1
  /// has no tenth.
  /// - Parameter members: with the time since each began to serve; nil: long ago.
  public static func shares(
    _ members: [(share: MemberShare, elapsed: Duration?)], over duration: Duration
  ) -> [MemberShare] {
    let isStarting = members.contains { step($0.elapsed ?? duration, duration) < steps }
    guard isStarting, members.allSatisfy({ $0.share.weight <= UInt32.max / scale }) else {
      return members.map { share, elapsed in
        MemberShare(
          member: share.member, weight: weight(share.weight, elapsed: elapsed ?? duration, over: duration))
      }
    }
    return members.map { share, elapsed in
      MemberShare(
        member: share.member,
        weight: weight(share.weight * scale, elapsed: elapsed ?? duration, over: duration))
    }
  }

  private static func step(_ elapsed: Duration, _ duration: Duration) -> Int {
    guard duration > .zero, elapsed < duration else { return steps }
    return (1...steps).last { duration * $0 / steps <= elapsed } ?? 0
  }
}
