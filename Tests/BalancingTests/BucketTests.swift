import Testing

@testable import Balancing

/// One bucket under every sequence of events up to a length, against the rules of the architecture.
@Suite("Bucket transitions (X5, X6, X7, X8)")
struct BucketTests {
  enum Event: Hashable, Sendable {
    case plan(UInt32, dead: Set<UInt32>)
    case flood(Bool)
    /// Time for observing passes; the previous path is in use until the end.
    case observe
    /// The settle time passes, and nothing takes the previous path.
    case quiet
    /// The settle time passes, and the previous path is in use until one tick before.
    case busy
  }

  static let timing = BucketTiming(observe: 10, settle: 100)

  static let alphabet: [Event] = [
    .plan(0, dead: []), .plan(1, dead: []), .plan(2, dead: []), .plan(3, dead: []),
    .plan(1, dead: [2]), .plan(2, dead: [1]), .plan(3, dead: [1, 2]), .plan(1, dead: [2, 3]),
    .plan(0, dead: [1]),
    .plan(1, dead: [1]), .flood(true), .flood(false), .observe, .quiet, .busy,
  ]

  /// A bucket with what the datapath would know: when the path was taken last.
  struct World {
    var bucket = Bucket()
    var now: UInt32
    var lastUse: UInt32 = 7
    var flood = false

    /// Who holds flows that began before the last event: nobody may lose them but by death.
    var holders: Set<MemberIndex> = []

    mutating func apply(_ event: Event) {
      switch event {
      case .plan(let wish, let dead):
        _ = bucket.plan(
          m(wish), dead: Set(dead.compactMap { m($0) }), flood: flood, now: now,
          timing: BucketTests.timing)
      case .flood(let on):
        flood = on
        if !on { _ = bucket.retry(flood: false, now: now, timing: BucketTests.timing) }
      case .observe: pass(10, used: true)
      case .quiet: pass(210, used: false)
      case .busy: pass(100, used: true)
      }
    }

    private mutating func pass(_ ticks: UInt32, used: Bool) {
      for _ in 0..<ticks {
        now &+= 1
        if used, bucket.state.isInTransition { lastUse = now &- 1 }
        if bucket.state.isInTransition, Int32(bitPattern: now &- bucket.due) >= 0 {
          _ = bucket.elapse(flood: flood, now: now, timing: BucketTests.timing, lastUse: lastUse)
        }
      }
    }
  }

  /// What must hold between a state and the next, whatever the event.
  static func violation(_ before: World, _ event: Event, _ after: World) -> String? {
    let old = before.bucket.state
    let new = after.bucket.state
    var dead: Set<UInt32> = []
    var planned = false
    if case .plan(_, let gone) = event {
      dead = gone
      planned = true
    }
    func lives(_ member: MemberIndex?) -> Bool { member.map { !dead.contains($0.raw) } ?? false }

    for member in [new.current, new.previous] {
      if let member, dead.contains(member.raw) { return "\(member) is dead" }
    }
    if let previous = new.previous, previous == new.current { return "moves to itself" }
    let timePassed = event == .observe || event == .quiet || event == .busy
    if let previous = old.previous, lives(previous) {
      // The previous member holds flows until it was quiet, and meanwhile the current one stays.
      let keeps = new.previous == previous || new.current == previous
      if event != .quiet, !keeps { return "flows of \(previous) lost" }
      if !timePassed, lives(old.current), new.current != old.current { return "moved twice" }
      if !timePassed, lives(old.current), new.previous != previous { return "settled without time" }
    } else if case .steady(let member) = old, lives(member) {
      let keeps = new.previous == member || new.current == member
      if !keeps { return "flows of \(member) lost" }
      if after.flood, planned, new != old { return "a transition began in a flood" }
    }
    if old.isInTransition, lives(old.current), !lives(old.previous), new.current != old.current,
      new.previous != old.current
    {
      return "flows of \(String(describing: old.current)) lost"
    }
    if case .steady(let member) = old, !lives(member), new.isInTransition { return "waits for the dead" }
    if old == .empty, new.isInTransition { return "waits for nobody" }
    if case .plan(let wish, let gone) = event {
      let wanted = gone.contains(wish) ? nil : m(wish)
      if after.bucket.wish != wanted { return "wish forgotten" }
    } else if after.bucket.wish != before.bucket.wish {
      return "wish changed by itself"
    }
    return nil
  }

  @Test(
    "X5, X6, X8: no sequence of six events loses a living flow, or moves twice without settling",
    arguments: alphabet)
  func everySequence(first: Event) {
    var sequences = 0
    var failures: [String] = []
    // Worlds that are alike but for the time behave alike: visit each once per depth that is left.
    struct Seen: Hashable {
      var state: BucketState
      var wish: MemberIndex?
      var flood: Bool
      var age: UInt32
      var due: UInt32
      var use: UInt32
    }
    var visited: [Seen: Int] = [:]
    func visit(_ world: World, _ path: [Event], _ left: Int) {
      sequences += 1
      let moving = world.bucket.state.isInTransition
      let seen = Seen(
        state: world.bucket.state, wish: world.bucket.wish, flood: world.flood,
        age: moving ? world.now &- world.bucket.began : 0, due: moving ? world.bucket.due &- world.now : 0,
        use: moving ? world.now &- world.lastUse : 0)
      if left == 0 || visited[seen, default: -1] >= left { return }
      visited[seen] = left
      for event in Self.alphabet {
        var next = world
        next.apply(event)
        if let violation = Self.violation(world, event, next) {
          failures.append("\(path + [event]): \(world.bucket.state) → \(next.bucket.state): \(violation)")
        }
        visit(next, path + [event], left - 1)
      }
    }
    let start = World(now: UInt32.max - 300)
    var next = start
    next.apply(first)
    if let violation = Self.violation(start, first, next) { failures.append("\(first): \(violation)") }
    visit(next, [first], 5)
    #expect(failures.isEmpty, "\(failures.count): \(failures.first ?? "")")
    #expect(sequences > 1000)
  }

  @Test("X5: left alone, every bucket comes to what was wished last", arguments: alphabet)
  func converges(first: Event) {
    for second in Self.alphabet {
      for third in Self.alphabet {
        var world = World(now: UInt32.max - 50)
        for event in [first, second, third, .flood(false), .quiet, .quiet] { world.apply(event) }
        #expect(!world.bucket.state.isInTransition)
        #expect(world.bucket.state.current == world.bucket.wish, "\(first) \(second) \(third)")
      }
    }
  }

  @Test("X8: an ordinary move takes the observe time and then the settle time from the last use")
  func ordinaryMove() {
    var bucket = Bucket(state: .steady(MemberIndex(raw: 1)!))
    let changed = bucket.plan(m(2), dead: [], flood: false, now: 1000, timing: Self.timing)
    #expect(changed)
    #expect(bucket.state == .observing(current: m(2), previous: 1))
    #expect(bucket.due == 1010)
    _ = bucket.elapse(flood: false, now: 1010, timing: Self.timing, lastUse: 0)
    #expect(bucket.state == .transit(current: m(2), previous: 1))
    #expect(bucket.due == 1110)
    let early = bucket.elapse(flood: false, now: 1110, timing: Self.timing, lastUse: 1090)
    #expect(!early)
    #expect(bucket.due == 1190)
    _ = bucket.elapse(flood: false, now: 1190, timing: Self.timing, lastUse: 1090)
    #expect(bucket.state == .steady(2))
  }

  @Test(
    "X8: words of the datapath from before the transition, or from any other time, do not hold it up",
    arguments: [0, 999, 1 << 31, 1 << 31 + 1111, UInt32.max, 1110 + 51] as [UInt32])
  func staleUse(lastUse: UInt32) {
    var bucket = Bucket(state: .steady(1))
    _ = bucket.plan(m(2), dead: [], flood: false, now: 1000, timing: Self.timing)
    _ = bucket.elapse(flood: false, now: 1010, timing: Self.timing, lastUse: lastUse)
    _ = bucket.elapse(flood: false, now: 1110, timing: Self.timing, lastUse: lastUse)
    #expect(bucket.state == .steady(2))
  }

  @Test("X8: a use that is read a little late counts as now")
  func useInTheFuture() {
    var bucket = Bucket(state: .steady(1))
    _ = bucket.plan(m(2), dead: [], flood: false, now: 1000, timing: Self.timing)
    _ = bucket.elapse(flood: false, now: 1010, timing: Self.timing, lastUse: 0)
    _ = bucket.elapse(flood: false, now: 1110, timing: Self.timing, lastUse: 1112)
    #expect(bucket.state == .transit(current: m(2), previous: 1))
    #expect(bucket.due == 1210)
  }

  @Test("X5: the last member drains: no new flows, its flows finish, a new member is taken at once")
  func lastMemberDrains() {
    var bucket = Bucket(state: .steady(1))
    _ = bucket.plan(nil, dead: [], flood: false, now: 0, timing: Self.timing)
    #expect(bucket.state == .observing(current: nil, previous: 1))
    _ = bucket.plan(m(2), dead: [], flood: true, now: 5, timing: Self.timing)
    #expect(bucket.state == .observing(current: m(2), previous: 1))
    var other = Bucket(state: .transit(current: nil, previous: 1))
    _ = other.plan(m(1), dead: [], flood: false, now: 5, timing: Self.timing)
    #expect(other.state == .steady(1))
  }
}
