import CSwitchBench

/// Nanoseconds in logarithmic slots, 32 to each doubling: a value is known to 3 %.
struct Histogram {
  private(set) var slots: [UInt64]

  init(slots: [UInt64]) { self.slots = slots }

  var count: UInt64 { slots.reduce(0, +) }

  /// The least value that `part` (0…1) of all do not exceed: the upper end of its slot. Nil: there is none.
  func percentile(_ part: Double) -> Double? {
    let total = count
    guard total > 0 else { return nil }
    let wanted = max(1, UInt64((Double(total) * part).rounded(.up)))
    var seen: UInt64 = 0
    for (index, number) in slots.enumerated() {
      seen += number
      if seen >= wanted { return Double(Histogram.bounds(of: index).upperBound) }
    }
    return nil
  }

  /// The values of a slot.
  static func bounds(of index: Int) -> ClosedRange<UInt64> {
    let steps = Int(BENCH_STEPS)
    guard index >= steps else { return UInt64(index)...UInt64(index) }
    let shift = UInt64(index / steps - 1)
    let low = UInt64(index % steps + steps) << shift
    return low...(low + (1 << shift) - 1)
  }

  static func - (now: Histogram, before: Histogram) -> Histogram {
    Histogram(slots: zip(now.slots, before.slots).map { $0 &- $1 })
  }
}
