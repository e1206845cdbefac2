/// One bucket: where its flows are, and where control wants them (architecture, "Flows without a flow table"; X5,
/// X6, X8).
///
/// ```
///              wish C                        wish B, no flood
///   ┌───────┐ ────────▶ ┌───────────┐ ──────────────────────────▶ ┌─────────────────┐
///   │ empty │           │ steady(A) │                             │ observing(B, A) │
///   └───────┘ ◀──────── └───────────┘ ◀───────────┐               └─────────────────┘
///              A dead,     ▲     │  A dead,       │ A dead                 │ observe time over
///              no wish     │     │  wish C:       │ (also from             ▼
///                          │     ▼  steady(C)     │  observing)   ┌─────────────────┐
///                          │   at once            └───────────────│  transit(B, A)  │
///                          └──────────────────────────────────────└─────────────────┘
///                            A's path quiet for the settle time: steady(B)
/// ```
///
/// In a transition a new wish only waits; the latest one counts when the transition is over. But when B dies, or
/// there was none (`current` nil: a last member drains), the wish C takes its place at once: (C, A), in the same
/// phase, because A's flows live on. If C is A itself, all living flows are A's: steady(A).
struct Bucket: Sendable {
  private(set) var state: BucketState
  private(set) var wish: MemberIndex?
  /// When the transition began, and when it is to be looked at next. Ticks; without meaning outside a transition.
  private(set) var began: UInt32 = 0
  private(set) var due: UInt32 = 0

  init(state: BucketState = .empty) {
    self.state = state
    wish = state.current
  }

  /// A bucket found in the datapath by a restarted daemon: when its transition began is not known, so its times begin
  /// anew.
  init(adopting state: BucketState, now: UInt32, timing: BucketTiming) {
    self.init(state: state)
    began = now
    if case .observing = state { due = now &+ timing.observe } else { due = now &+ timing.settle }
  }

  /// A new wish, and who is dead. True if the state changed.
  mutating func plan(
    _ target: MemberIndex?, dead: Set<MemberIndex>, flood: Bool, now: UInt32, timing: BucketTiming
  ) -> Bool {
    let before = state
    wish = target.flatMap { dead.contains($0) ? nil : $0 }
    if !dead.isEmpty { bury(dead) }
    follow(flood: flood, now: now, timing: timing)
    return state != before
  }

  /// The wish may have become possible. True if the state changed.
  mutating func retry(flood: Bool, now: UInt32, timing: BucketTiming) -> Bool {
    let before = state
    follow(flood: flood, now: now, timing: timing)
    return state != before
  }

  /// The time `due` has come. True if the state changed; otherwise `due` may have.
  mutating func elapse(flood: Bool, now: UInt32, timing: BucketTiming, lastUse: UInt32) -> Bool {
    switch state {
    case .empty, .steady:
      return false
    case .observing(let current, let previous):
      state = .transit(current: current, previous: previous)
      due = now &+ timing.settle
      return true
    case .transit(let current, _):
      let quiet = quietTime(lastUse: lastUse, now: now)
      if quiet < timing.settle {
        due = now &+ (timing.settle - quiet)
        return false
      }
      state = current.map { .steady($0) } ?? .empty
      follow(flood: flood, now: now, timing: timing)
      return true
    }
  }

  /// Ticks for which the previous path was not taken, at most since the transition began. The datapath's word may be
  /// from before that (it is not cleared), or a little ahead of `now` (it is read later).
  private func quietTime(lastUse: UInt32, now: UInt32) -> UInt32 {
    let age = now &- began
    let used = lastUse &- began
    if used <= age { return age - used }
    let ahead: UInt32 = 50
    return used - age <= ahead ? 0 : age
  }

  private mutating func bury(_ dead: Set<MemberIndex>) {
    func living(_ member: MemberIndex?) -> MemberIndex? {
      member.flatMap { dead.contains($0) ? nil : $0 }
    }
    switch state {
    case .empty:
      break
    case .steady(let member):
      if dead.contains(member) { state = .empty }
    case .observing(let current, let previous):
      if dead.contains(previous) {
        state = living(current).map { .steady($0) } ?? .empty
      } else {
        state = .observing(current: living(current), previous: previous)
      }
    case .transit(let current, let previous):
      if dead.contains(previous) {
        state = living(current).map { .steady($0) } ?? .empty
      } else {
        state = .transit(current: living(current), previous: previous)
      }
    }
  }

  private mutating func follow(flood: Bool, now: UInt32, timing: BucketTiming) {
    switch state {
    case .empty:
      if let wish { state = .steady(wish) }
    case .steady(let member):
      guard wish != member, !flood else { return }
      state = .observing(current: wish, previous: member)
      began = now
      due = now &+ timing.observe
    case .observing(nil, let previous):
      guard let wish else { return }
      state = wish == previous ? .steady(wish) : .observing(current: wish, previous: previous)
    case .transit(nil, let previous):
      guard let wish else { return }
      state = wish == previous ? .steady(wish) : .transit(current: wish, previous: previous)
    case .observing, .transit:
      break
    }
  }
}
