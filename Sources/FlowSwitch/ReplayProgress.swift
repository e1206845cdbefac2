/// Says on a terminal how far a replay is, where it takes longer than two seconds.
struct ReplayProgress {
  private let size: UInt64?
  private let line = TerminalLine()
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant

  /// - Parameter size: bytes of the file; nil if they are not known.
  init(size: UInt64?) {
    self.size = size
    next = clock.now + TerminalLine.patience
  }

  mutating func tell(_ packets: UInt64, _ offset: UInt64) {
    guard clock.now >= next else { return }
    next = clock.now + .seconds(1)
    let share = size.flatMap { $0 > 0 ? " (\(offset * 100 / $0) %)" : nil } ?? ""
    line.show("\(packets) packets\(share)")
  }

  /// Before anything else is written.
  func wipe() { line.wipe() }
}
