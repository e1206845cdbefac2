import Wire

/// Random delays and identifiers from a seed (SplitMix64; Steele, Lea, Flood 2014): the machine stays reproducible.
struct FinderRandom: Sendable {
  private var state: UInt64

  init(seed: UInt64, mac: MACAddress) { state = seed ^ mac.number &* 0x9e37_79b9_7f4a_7c15 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Between the two, in steps of a thousandth of what is between.
  mutating func duration(from low: Duration, to high: Duration) -> Duration {
    low + (high - low) * Int(next() % 1001) / 1000
  }
}
