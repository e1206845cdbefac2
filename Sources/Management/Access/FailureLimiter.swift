/// Slows down who shows wrong tokens. A few are a slip; each one more closes the door to the address for twice as long.
///
/// Bounded: of more addresses than it has room for, the one that was silent for longest is forgotten.
struct FailureLimiter {
  private struct Entry {
    var failures = 0
    var last: ContinuousClock.Instant
    var closedUntil: ContinuousClock.Instant
  }
  static let free = 5
  static let longest = Duration.seconds(60)
  /// After this without another wrong one it is forgotten.
  static let memory = Duration.seconds(300)
  static let capacity = 1024

  private var entries: [String: Entry] = [:]

  var count: Int { entries.count }

  /// How long the address must wait; nil: it need not.
  func wait(of address: String, at now: ContinuousClock.Instant) -> Duration? {
    guard let entry = entries[address], entry.closedUntil > now else { return nil }
    return entry.closedUntil - now
  }

  mutating func fail(_ address: String, at now: ContinuousClock.Instant) {
    var entry = entries[address] ?? Entry(last: now, closedUntil: now)
    if now - entry.last > FailureLimiter.memory { entry.failures = 0 }
    entry.failures += 1
    entry.last = now
    if entry.failures > FailureLimiter.free {
      let doublings = min(entry.failures - FailureLimiter.free - 1, 6)
      entry.closedUntil = now + min(.seconds(1 << doublings), FailureLimiter.longest)
    }
    if entries[address] == nil, entries.count >= FailureLimiter.capacity,
      let oldest = entries.min(by: { $0.value.last < $1.value.last })
    {
      entries[oldest.key] = nil
    }
    entries[address] = entry
  }
}
