import Glibc

/// Waiting for something, never without an end: bounded, interruptible, and with a word to the person after two
/// seconds.
enum Waiting {
  /// One short rest between two looks.
  static func rest(_ duration: Duration = .milliseconds(20)) throws {
    try Interrupt.check()
    Progress.shared.tick()
    let parts = duration.components
    var time = timespec(
      tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
    nanosleep(&time, nil)
    try Interrupt.check()
  }

  /// Rests for the whole of `duration`.
  static func pause(_ duration: Duration) throws {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {
      try rest(min(.milliseconds(50), end - ContinuousClock.now))
    }
  }

  /// Looks every 20 ms (or `every`) until `condition` holds. False: it did not within `limit`.
  static func until(
    within limit: Duration, every: Duration = .milliseconds(20), _ condition: () throws -> Bool
  ) throws -> Bool {
    let end = ContinuousClock.now + limit
    while true {
      if try condition() { return true }
      if ContinuousClock.now >= end { return false }
      try rest(every)
    }
  }
}
