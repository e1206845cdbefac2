/// SplitMix64 (Steele, Lea, Flood 2014): for jitter and identifiers, not for secrets. With the same seed the same
/// numbers.
struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// At least zero, less than `limit`; zero if that is not positive.
  mutating func duration(below limit: Duration) -> Duration {
    let nanoseconds = limit.nanosecondCount
    return nanoseconds <= 0 ? .zero : .nanoseconds(Int64.random(in: 0..<nanoseconds, using: &self))
  }
}
