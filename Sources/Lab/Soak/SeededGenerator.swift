/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same seed, the same numbers, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }

  /// One of `choices`, as often as its weight says. Nil where there is none with a weight.
  mutating func pick<Choice>(_ choices: [(weight: Int, Choice)]) -> Choice? {
    let sum = choices.map(\.weight).reduce(0, +)
    guard sum > 0 else { return nil }
    var at = Int.random(in: 0..<sum, using: &self)
    for (weight, choice) in choices {
      if at < weight { return choice }
      at -= weight
    }
    return nil
  }
}
