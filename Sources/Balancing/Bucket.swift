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
/// A flood also makes an observation last until there is room to enter whom it sees, up to sixty times as long.
///
/// In a transition a new wish only waits; the latest one counts when the transition is over. But when B dies, or
/// there was none (`current` nil: a last member drains), the wish C takes its place at once: (C, A), in the same
/// phase, because A's flows live on. If C is A itself, all living flows are A's: steady(A).
///
/// And when B is closed (it lives but shall get no new flow) while the wish C is another, B is withdrawn at once, flood or
/// not; C may be A. It is no new transition: whom B's and A's packets belong to stays known.
///
/// ```
///   observing(B, A) ──▶ withdrawn(C, A, B; A observed) ─┐ observe time over       ┌───────────┐
///                                                       ├────▶ withdrawn(C, A, B) ▶ steady(C) │
///   transit(B, A) ────▶ withdrawn(C, A, B; B observed) ─┘            both quiet   └───────────┘
/// ```
/// From transit, B's flows without a beginning have no entries: they are observed first. Where A dies, it goes on as (C, B);
/// where B dies, as (C, A). If C is closed then, it waits for the end, for no word names four members; unless C is A: then
/// its place is free at once. If there is no C, and B opens again, it is (B, A) once more.
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
    due = now &+ (state.observed == nil ? timing.settle : timing.observe)
  }

  /// A new wish, who is dead, and who lives but is closed to new flows. True if the state changed.
  mutating func plan(
    _ target: MemberIndex?, dead: Set<MemberIndex>, closed: Set<MemberIndex> = [], flood: Bool, now: UInt32,
    timing: BucketTiming
  ) -> Bool {
    let before = state
    wish = target.flatMap { dead.contains($0) ? nil : $0 }
    if !dead.isEmpty { bury(dead) }
    if !closed.isEmpty { withdraw(closed, now: now, timing: timing) }
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
    case .observing, .withdrawn(_, _, _, .some):
      // The datapath has no room to enter who is there: what it does not know stays where it is.
      let longest = timing.observe > BucketTiming.longest / 60 ? BucketTiming.longest : timing.observe * 60
      if flood, now &- began < longest {
        due = now &+ max(timing.observe, 1)
        return false
      }
      return endObservation(now: now, timing: timing)
    case .transit(let current, _), .withdrawn(let current, _, _, nil):
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

  private mutating func endObservation(now: UInt32, timing: BucketTiming) -> Bool {
    switch state {
    case .observing(let current, let previous):
      state = .transit(current: current, previous: previous)
    case .withdrawn(let current, let previous, let withdrawn, .some):
      state = .withdrawn(current: current, previous: previous, withdrawn: withdrawn, observing: nil)
    default:
      return false
    }
    due = now &+ timing.settle
    return true
  }

  /// Ticks for which no old path was taken, at most since the transition began, or a member was withdrawn. The datapath's word may be
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
    state = BucketState(
      current: living(state.current), previous: living(state.previous),
      withdrawn: living(state.withdrawnMember), observed: state.observed)
  }

  /// A closed member gets no new flow where the bucket has a place for another.
  private mutating func withdraw(_ closed: Set<MemberIndex>, now: UInt32, timing: BucketTiming) {
    guard let current = state.current, closed.contains(current), wish != current else { return }
    switch state {
    case .observing(_, let previous):
      state = .withdrawn(current: wish, previous: previous, withdrawn: current, observing: previous)
    case .transit(_, let previous):
      state = .withdrawn(current: wish, previous: previous, withdrawn: current, observing: current)
      due = now &+ timing.observe
    case .withdrawn(_, let previous, let withdrawn, let observing) where current == previous:
      // What the previous member has is as it was before the transition. Of its flows without a beginning only those
      // that were observed before `withdrawn` took the others are entered.
      let observed = observing == withdrawn ? withdrawn : previous
      state = BucketState(current: wish, previous: previous, withdrawn: withdrawn, observed: observed)
      if observed == previous { due = now &+ timing.observe }
    case .empty, .steady, .withdrawn:
      return
    }
    began = now
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
    case .observing, .transit, .withdrawn:
      guard state.current == nil, let wish else { return }
      state = BucketState(
        current: wish, previous: state.previous, withdrawn: state.withdrawnMember, observed: state.observed)
    }
  }
}
