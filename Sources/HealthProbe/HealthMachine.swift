public import SwitchModel

/// Makes of single results whether a target is healthy (WO 99/33227, H12): so many failures in a row until it counts
/// as failed, so many successes until it is operational again, and a hold for one that flaps.
///
/// ```
///                first success                 `fall` failures in a row
///   unknown ───────────────────▶ operational ─────────────────────────────▶ failed
///      │                           ▲  ▲   ▲                                 │ ▲ │
///      │  `fall` failures in a row │  │   └───── `rise` successes in a row ─┘ │ │
///      └──────────▶ failed         │  │                                       │ │ it is the `flaps`-th time
///                                  │  │ hold over, would be operational       │ │ within the window
///                                  │  └──────────────────────── damped ◀──────┼─┘
///                                  │                              │           │
///                                  │                              └───────────┘
///                                  │                    hold over, would be failed
/// ```
///
/// The first success decides: a start must wait for nothing. `failed` is left for `damped` at once, so an observer
/// sees operational → damped. A damped target's results count on behind the scenes; each further fall begins the hold
/// anew. No clock: time is a `Duration` since any fixed start, and does not go back.
public struct HealthMachine: Sendable {
  /// What the results alone say.
  private enum Verdict {
    case unknown(failures: Int)
    case operational(failures: Int)
    case failed(successes: Int)
  }

  private let rise: Int
  private let fall: Int
  private let damping: FlapDamping?
  private var verdict = Verdict.unknown(failures: 0)
  /// When the target failed, within the window; never more than `flaps`.
  private var falls: [Duration] = []
  /// Until when it is damped.
  private var heldUntil: Duration?
  private var lastFailed = false

  /// - Parameters:
  ///   - rise: successes in a row; less than 1 counts as 1.
  ///   - fall: failures in a row; less than 1 counts as 1.
  public init(rise: Int, fall: Int, damping: FlapDamping? = nil) {
    self.rise = max(rise, 1)
    self.fall = max(fall, 1)
    self.damping = damping
  }

  /// As a restarted daemon knows the target (X7). One that was damped is held anew, since when its hold ends is not
  /// known.
  public init(
    rise: Int, fall: Int, damping: FlapDamping? = nil, adopting state: HealthState, at now: Duration
  ) {
    self.init(rise: rise, fall: fall, damping: damping)
    switch state {
    case .unknown: break
    case .operational: verdict = .operational(failures: 0)
    case .failed: verdict = .failed(successes: 0)
    case .damped:
      verdict = .failed(successes: 0)
      heldUntil = damping.map { now + $0.hold }
    }
  }

  public var state: HealthState {
    if heldUntil != nil { return .damped }
    return switch verdict {
    case .unknown: .unknown
    case .operational: .operational
    case .failed: .failed
    }
  }

  /// The last result was a failure, or the results say that the target is failed: time for the fast interval.
  public var isFailing: Bool {
    if case .failed = verdict { return true }
    return lastFailed
  }

  /// When `tick` has something to do; nil: never without another result.
  public var deadline: Duration? { heldUntil }

  /// A probe succeeded or failed.
  public mutating func result(_ ok: Bool, at now: Duration) -> HealthChange? {
    let before = state
    lastFailed = !ok
    switch (verdict, ok) {
    case (.unknown, true), (.operational, true): verdict = .operational(failures: 0)
    case (.unknown(let failures), false):
      if failures + 1 >= fall { fail(now) } else { verdict = .unknown(failures: failures + 1) }
    case (.operational(let failures), false):
      if failures + 1 >= fall { fail(now) } else { verdict = .operational(failures: failures + 1) }
    case (.failed(let successes), true):
      verdict = successes + 1 >= rise ? .operational(failures: 0) : .failed(successes: successes + 1)
    case (.failed, false): verdict = .failed(successes: 0)
    }
    release(now)
    return change(from: before, now)
  }

  /// Time has passed: a hold may be over.
  public mutating func tick(at now: Duration) -> HealthChange? {
    let before = state
    release(now)
    return change(from: before, now)
  }

  private mutating func fail(_ now: Duration) {
    verdict = .failed(successes: 0)
    guard let damping else { return }
    falls.append(now)
    falls.removeAll { $0 + damping.window < now }
    if falls.count > damping.flaps { falls.removeFirst(falls.count - max(damping.flaps, 1)) }
    if heldUntil != nil || falls.count >= damping.flaps { heldUntil = now + damping.hold }
  }

  private mutating func release(_ now: Duration) {
    if let until = heldUntil, until <= now { heldUntil = nil }
  }

  private func change(from before: HealthState, _ now: Duration) -> HealthChange? {
    state == before ? nil : HealthChange(from: before, to: state, at: now)
  }
}
