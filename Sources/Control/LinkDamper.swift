/// When a link that is up counts as up. One that flaps would move its members' buckets there and back a hundred times a
/// second, and everything that control has to do for it would queue up.
///
/// Down counts at once, and so does up after a time without another. One that was up less than a second before counts
/// when it has stayed up for a second.
///
///          up, the last one long ago                    down
///     down ─────────────────────────▶ up  ────────────────────────▶ down
///       │  up, the last one a moment ago                              ▲
///       └───────────────▶ held ─── a second of up ──▶ up              │
///                          └──────────── down ───────────────────────┘
struct LinkDamper: Sendable {
  static let quiet = Duration.seconds(1)

  /// It is up, and does not count.
  private(set) var isHeld = false
  private var isUp: Bool
  private var lastUp: Duration?

  init(isUp: Bool) { self.isUp = isUp }

  /// What the kernel says of the link, at a time of the boot clock.
  mutating func report(isUp now: Bool, at time: Duration) {
    defer { isUp = now }
    if !now {
      isHeld = false
    } else if !isUp {
      isHeld = lastUp.map { time - $0 < LinkDamper.quiet } ?? false
      lastUp = time
    }
  }

  /// - Returns: whether a held link counts from now on.
  mutating func release(at time: Duration) -> Bool {
    guard isHeld, let lastUp, time - lastUp >= LinkDamper.quiet else { return false }
    isHeld = false
    return true
  }
}
