/// How an interface's timestamps count (`if_tsresol`, `if_tsoffset`).
struct CaptureClock: Hashable, Sendable {
  var ticksPerSecond: UInt64
  /// Seconds to add.
  var offset: Int64

  static let microseconds = CaptureClock(ticksPerSecond: 1_000_000, offset: 0)
  static let nanoseconds = CaptureClock(ticksPerSecond: 1_000_000_000, offset: 0)

  /// `if_tsresol`: negative power of ten, or of two with the highest bit set. Nil: finer than 64 bits can count.
  static func ticks(resolution: UInt8) -> UInt64? {
    if resolution & 0x80 != 0 {
      let power = resolution & 0x7f
      return power < 64 ? 1 << UInt64(power) : nil
    }
    return resolution < 20 ? (0..<resolution).reduce(1) { ticks, _ in ticks * 10 } : nil
  }

  /// Nanoseconds since 1970; times before that are 0, those after 2554 the greatest there is.
  func nanoseconds(_ ticks: UInt64) -> UInt64 {
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
    let product = rest.multipliedFullWidth(by: 1_000_000_000)
    // The rest is less than the divisor, and so is the upper half.
    let fraction = ticksPerSecond.dividingFullWidth(product).quotient
    let magnitude = offset.magnitude
    let (moved, isBeyond) =
      offset < 0
      ? seconds.subtractingReportingOverflow(magnitude) : seconds.addingReportingOverflow(magnitude)
    if isBeyond { return offset < 0 ? 0 : .max }
    let (whole, isLate) = moved.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isLater) = whole.addingReportingOverflow(fraction)
    return isLate || isLater ? .max : sum
  }
}
