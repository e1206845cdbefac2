/// Lets the same report through once in `hold`, and remembers a bounded number of them: a flood of different ones is
/// cut off, not stored.
struct ReportLimiter<Report: Hashable & Sendable>: Sendable {
  private var seen: [Report: Duration] = [:]
  private let capacity: Int
  /// Reports that were held back.
  private(set) var suppressed: UInt64 = 0

  init(capacity: Int) { self.capacity = capacity }

  mutating func allows(_ report: Report, hold: Duration, now: Duration) -> Bool {
    if let last = seen[report], now - last < hold {
      suppressed += 1
      return false
    }
    if seen.count >= capacity { seen = seen.filter { now - $0.value < hold } }
    guard seen.count < capacity else {
      suppressed += 1
      return false
    }
    seen[report] = now
    return true
  }
}
