import Testing

@testable import Balancing

/// One bucket under every sequence of events up to a length, against the rules of the architecture.
@Suite("Bucket transitions (X5, X6, X7, X8)")
struct BucketTests {
  enum Event: Hashable, Sendable {
    case plan(UInt32, dead: Set<UInt32> = [], closed: Set<UInt32> = [])
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
    .plan(0), .plan(1), .plan(2), .plan(3),
    .plan(1, dead: [2]), .plan(2, dead: [1]), .plan(3, dead: [1, 2]), .plan(1, dead: [2, 3]),
    .plan(0, dead: [1]), .plan(1, dead: [1]),
    .plan(0, closed: [1]), .plan(0, closed: [1, 2]), .plan(1, closed: [2]), .plan(2, closed: [1]),
    .plan(3, closed: [1]), .plan(3, closed: [1, 2]), .plan(1, dead: [3], closed: [2]),
    .flood(true), .flood(false), .observe, .quiet, .busy,
  ]

  /// A bucket with what the datapath would know: when the path was taken last.
  struct World {
    var bucket = Bucket()
    var now: UInt32
    var lastUse: UInt32 = 7
    var flood = false

    var flows = FlowModel()
    /// A flow that lost its member though that one lives.
    var moved: FlowModel.Flow?

    mutating func apply(_ event: Event) {
      switch event {
      case .plan(let wish, let dead, let closed):
        _ = bucket.plan(
          m(wish), dead: Self.members(dead), closed: Self.members(closed), flood: flood, now: now,
          timing: BucketTests.timing)
        flows.bury(Self.members(dead))
        look(used: true)
      case .flood(let on):
        flood = on
        if !on { _ = bucket.retry(flood: false, now: now, timing: BucketTests.timing) }
        look(used: true)
      case .observe: pass(10, used: true)
      case .quiet: pass(210, used: false)
      case .busy: pass(100, used: true)
      }
    }

    private static func members(_ numbers: Set<UInt32>) -> Set<MemberIndex> {
      Set(numbers.compactMap { m($0) })
    }

    /// The flows under the present state.
    private mutating func look(used: Bool) {
      if !used { flows.endOld(bucket.state) }
      moved = moved ?? flows.send(bucket.state)
      flows.begin(bucket.state)
      if !used { flows.endOld(bucket.state) }
    }

    private mutating func pass(_ ticks: UInt32, used: Bool) {
      look(used: used)
      for _ in 0..<ticks {
        now &+= 1
        if used, bucket.state.isInTransition { lastUse = now &- 1 }
        if bucket.state.isInTransition, Int32(bitPattern: now &- bucket.due) >= 0 {
          let before = bucket.state
          _ = bucket.elapse(flood: flood, now: now, timing: BucketTests.timing, lastUse: lastUse)
          if bucket.state != before { look(used: used) }
        }
      }
    }
  }

  /// What must hold between a state and the next, whatever the event.
  static func violation(_ before: World, _ event: Event, _ after: World) -> String? {
    let old = before.bucket.state
    let new = after.bucket.state
    var dead: Set<UInt32> = []
    var closed: Set<UInt32> = []
    var planned = false
    if case .plan(_, let gone, let shut) = event {
      dead = gone
      closed = shut
      planned = true
    }
    func isClosed(_ member: MemberIndex?) -> Bool { member.map { closed.contains($0.raw) } ?? false }
    func lives(_ member: MemberIndex?) -> Bool { member.map { !dead.contains($0.raw) } ?? false }

    if let flow = after.moved { return "\(flow) moved" }
    for member in [new.current, new.previous, new.withdrawnMember] {
      if let member, dead.contains(member.raw) { return "\(member) is dead" }
    }
    if let withdrawn = new.withdrawnMember {
      if withdrawn == new.current || withdrawn == new.previous { return "moves to itself" }
      if let observed = new.observed, observed != withdrawn, observed != new.previous {
        return "observes a stranger"
      }
    } else if let previous = new.previous, previous == new.current {
      return "moves to itself"
    }
    if isClosed(new.current), after.bucket.wish != new.current {
      let isFull = new.withdrawnMember != nil && new.current != new.previous
      if !isFull && !(after.flood && !new.isInTransition) { return "the closed member gets new flows" }
    }
    if let withdrawn = old.withdrawnMember, lives(withdrawn), event != .quiet, !new.leads(to: withdrawn) {
      return "flows of \(withdrawn) lost"
    }
    let timePassed = event == .observe || event == .quiet || event == .busy
    // Back where it was, and the one that had left it is dead: nothing is under way any more.
    let isOver = old.withdrawnMember != nil && !lives(old.withdrawnMember) && old.current == old.previous
    if let previous = old.previous, lives(previous), !isOver {
      // The previous member holds flows until it was quiet, and meanwhile the current one stays.
      let keeps = new.leads(to: previous)
      if event != .quiet, !keeps { return "flows of \(previous) lost" }
      if !timePassed, lives(old.current), new.current != old.current, !isClosed(old.current) {
        return "moved twice"
      }
      if !timePassed, lives(old.current), new.previous != previous { return "settled without time" }
    } else if case .steady(let member) = old, lives(member) {
      let keeps = new.previous == member || new.current == member
      if !keeps { return "flows of \(member) lost" }
      if after.flood, planned, new != old { return "a transition began in a flood" }
    }
    if old.isInTransition, let current = old.current, lives(current), !lives(old.previous),
      !new.leads(to: current)
    {
      return "flows of \(current) lost"
    }
    if case .steady(let member) = old, !lives(member), new.isInTransition { return "waits for the dead" }
    if old == .empty, new.isInTransition { return "waits for nobody" }
    if case .plan(let wish, let gone, _) = event {
      let wanted = gone.contains(wish) ? nil : m(wish)
      if after.bucket.wish != wanted { return "wish forgotten" }
    } else if after.bucket.wish != before.bucket.wish {
      return "wish changed by itself"
    }
    return nil
  }

  @Test("X5, X6, X8: no sequence of six events loses a living flow, or moves twice without settling")
  func everySequence() {
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
      var flows: FlowModel
    }
    var visited: [Seen: Int] = [:]
    func visit(_ world: World, _ path: [Event], _ left: Int) {
      sequences += 1
      let moving = world.bucket.state.isInTransition
      let seen = Seen(
        state: world.bucket.state, wish: world.bucket.wish, flood: world.flood,
        age: moving ? world.now &- world.bucket.began : 0, due: moving ? world.bucket.due &- world.now : 0,
        use: moving ? world.now &- world.lastUse : 0, flows: world.flows)
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
    visit(start, [], 6)
    #expect(failures.isEmpty, "\(failures.count): \(failures.first ?? "")")
    #expect(sequences > 10_000)
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

  @Test("X5: a member that took over and drains gets no new flow at once; who holds what stays known")
  func withdrawal() {
    for flood in [false, true] {
      // Its beginning is observed still: it goes on as before, with another who takes new flows.
      var bucket = Bucket(state: .steady(1))
      _ = bucket.plan(m(2), dead: [], flood: false, now: 1000, timing: Self.timing)
      _ = bucket.plan(m(3), dead: [], closed: members(2), flood: flood, now: 1004, timing: Self.timing)
      #expect(bucket.state == .withdrawn(current: 3, previous: 1, withdrawn: 2, observing: 1))
      #expect(bucket.due == 1010)
      _ = bucket.elapse(flood: false, now: 1010, timing: Self.timing, lastUse: 0)
      #expect(bucket.state == .withdrawn(current: 3, previous: 1, withdrawn: 2, observing: nil))
      _ = bucket.elapse(flood: flood, now: 1110, timing: Self.timing, lastUse: 1060)
      #expect(bucket.due == 1160)
      _ = bucket.elapse(flood: flood, now: 1160, timing: Self.timing, lastUse: 1060)
      #expect(bucket.state == .steady(3))
      // Afterwards: the flows without a beginning that it has are observed first. Back to where the bucket was.
      bucket = Bucket(state: .steady(1))
      _ = bucket.plan(m(2), dead: [], flood: false, now: 1000, timing: Self.timing)
      _ = bucket.elapse(flood: false, now: 1010, timing: Self.timing, lastUse: 0)
      _ = bucket.plan(m(1), dead: [], closed: members(2), flood: flood, now: 1050, timing: Self.timing)
      #expect(bucket.state == .withdrawn(current: 1, previous: 1, withdrawn: 2, observing: 2))
      #expect(bucket.due == 1060)
      _ = bucket.elapse(flood: false, now: 1060, timing: Self.timing, lastUse: 0)
      #expect(bucket.state == .withdrawn(current: 1, previous: 1, withdrawn: 2, observing: nil))
      _ = bucket.elapse(flood: flood, now: 1160, timing: Self.timing, lastUse: 1040)
      #expect(bucket.state == .steady(1))
    }
  }

  @Test("X5: of a withdrawal's three members some die, or open again")
  func endsOfWithdrawal() {
    func state(_ current: UInt32, _ previous: UInt32, _ withdrawn: UInt32, _ observed: UInt32) -> BucketState
    {
      BucketState(current: m(current), previous: m(previous), withdrawn: m(withdrawn), observed: m(observed))
    }
    let rows:
      [(from: BucketState, wish: UInt32, dead: Set<MemberIndex>, closed: Set<MemberIndex>, to: BucketState)] =
        [
          (state(3, 1, 2, 1), 4, members(3), [], state(4, 1, 2, 1)),
          (state(3, 1, 2, 2), 2, members(3), [], .transit(current: 2, previous: 1)),
          (state(3, 1, 2, 1), 2, members(3), [], .observing(current: 2, previous: 1)),
          (state(3, 1, 2, 1), 1, members(3), [], state(1, 1, 2, 1)),
          (state(3, 1, 2, 1), 3, members(2), [], .observing(current: 3, previous: 1)),
          (state(3, 1, 2, 2), 3, members(2), [], .transit(current: 3, previous: 1)),
          (state(1, 1, 2, 2), 1, members(2), [], .steady(1)),
          (state(3, 1, 2, 1), 3, members(1), [], .transit(current: 3, previous: 2)),
          (state(3, 1, 2, 2), 3, members(1), [], .observing(current: 3, previous: 2)),
          (state(1, 1, 2, 2), 3, members(1), [], .observing(current: 3, previous: 2)),
          (state(1, 1, 2, 0), 2, members(1), [], .steady(2)),
          (state(3, 1, 2, 0), 3, members(1, 2), [], .steady(3)),
          (state(3, 1, 2, 0), 0, members(1, 2, 3), [], .empty),
          (state(0, 1, 2, 1), 2, [], [], .observing(current: 2, previous: 1)),
          (state(0, 1, 2, 0), 2, [], [], .transit(current: 2, previous: 1)),
          (state(0, 1, 2, 2), 1, [], [], state(1, 1, 2, 2)),
          (state(3, 1, 2, 0), 1, [], members(2, 3), state(3, 1, 2, 0)),
          (state(1, 1, 2, 0), 3, [], members(1, 2), state(3, 1, 2, 1)),
          (state(1, 1, 2, 2), 3, [], members(1, 2), state(3, 1, 2, 2)),
          (state(1, 1, 2, 0), 2, [], members(1), .observing(current: 2, previous: 1)),
        ]
    for row in rows {
      var bucket = Bucket(adopting: row.from, now: 0, timing: Self.timing)
      _ = bucket.plan(
        m(row.wish), dead: row.dead, closed: row.closed, flood: false, now: 1, timing: Self.timing)
      #expect(bucket.state == row.to, "\(row)")
    }
  }
}
