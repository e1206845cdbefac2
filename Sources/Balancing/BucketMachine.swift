/// All buckets of one cluster: takes what control wants, gives the words to write, in an order that never breaks a
/// living flow (architecture, "Flows without a flow table"; H8, X5, X6, X8). `Bucket` has the diagram.
///
/// Owned by control's loop; no clock, no I/O. Time is the datapath's fine time: ticks of 100 ms, wrapping. It costs
/// nothing for buckets at rest: a tick looks only at those whose time in a transition is over.
public struct BucketMachine: Sendable {
  /// Takes effect for what is scheduled from now on.
  public var timing: BucketTiming
  /// While true, no transition begins that can wait (X6).
  public private(set) var isFlooded = false
  /// How many buckets are in transition.
  public private(set) var transitions = 0

  /// While one is in transition, or waits for its member; else empty, and `resting` has them all.
  private var buckets: [Bucket] = []
  /// The members (0: none) while every bucket is where it is wanted. With thousands of clusters most are, mostly, and this
  /// is a tenth in size.
  private var resting: [UInt32]
  private var queue = DueQueue()

  /// Empty buckets.
  public init(count: Int, timing: BucketTiming) {
    self.timing = timing
    resting = Array(repeating: 0, count: max(count, 0))
  }

  /// The buckets as a restarted daemon finds them in the datapath (X7). Nothing moves; the times of those in
  /// transition begin anew.
  public init(adopting states: [BucketState], timing: BucketTiming, now: UInt32) {
    self.timing = timing
    resting = states.map { $0.current?.raw ?? 0 }
    if !states.contains(where: \.isInTransition) { return }
    resting = []
    buckets = states.map { Bucket(adopting: $0, now: now, timing: timing) }
    for (index, bucket) in buckets.enumerated() where bucket.state.isInTransition {
      transitions += 1
      queue.push(.init(due: bucket.due, bucket: index))
    }
  }

  public var count: Int { max(buckets.count, resting.count) }

  var isAtRest: Bool { buckets.isEmpty }

  /// Nil beyond `count`.
  public subscript(bucket: Int) -> BucketState? {
    if resting.indices.contains(bucket) { return BucketMachine.state(resting[bucket]) }
    return buckets.indices.contains(bucket) ? buckets[bucket].state : nil
  }

  public var states: [BucketState] {
    buckets.isEmpty ? resting.map(BucketMachine.state) : buckets.map(\.state)
  }

  /// How many buckets lead new flows to each member that has some.
  public var counts: [MemberIndex: Int] {
    let holders: [MemberIndex?] =
      buckets.isEmpty ? resting.map { MemberIndex(raw: $0) } : buckets.map(\.state.current)
    return BucketAssignment(buckets: holders).counts
  }

  /// What is wanted of each bucket: the next assignment starts from here.
  public var targets: [MemberIndex?] {
    buckets.isEmpty ? resting.map { MemberIndex(raw: $0) } : buckets.map(\.wish)
  }

  /// Buckets whose member is not yet the one that is wanted.
  public var waiting: Int { buckets.count { $0.wish != $0.state.current } }

  private static func state(_ member: UInt32) -> BucketState {
    MemberIndex(raw: member).map { .steady($0) } ?? .empty
  }

  /// What control wants now.
  ///
  /// - Parameters:
  ///   - targets: per bucket the member that shall have it. Missing ones keep their target; those beyond `count` are
  ///     ignored.
  ///   - dead: members that carry nothing any more. Their buckets move to their targets at once, a path to them is
  ///     given up, and a target among them counts as nil. A draining member is not dead.
  ///   - closed: members that live but shall get no new flow (X5): draining ones and former ones, none of them a target.
  ///     One that has taken new flows since its bucket's transition began takes none any more.
  /// - Returns: the words to write, each bucket at most once.
  public mutating func plan(
    _ targets: [MemberIndex?], dead: Set<MemberIndex> = [], closed: Set<MemberIndex> = [], now: UInt32
  ) -> [BucketChange] {
    if buckets.isEmpty, let changes = planAtRest(targets, dead: dead) { return changes }
    wake()
    defer { rest() }
    var changes: [BucketChange] = []
    for index in buckets.indices {
      let target = index < targets.count ? targets[index] : buckets[index].wish
      update(index, &changes) { $0.plan(target, dead: dead, closed: closed, flood: $1, now: now, timing: $2) }
    }
    return changes
  }

  /// A flood of new flows began or is over. Over: what waited begins.
  public mutating func setFlood(_ flood: Bool, now: UInt32) -> [BucketChange] {
    guard flood != isFlooded else { return [] }
    isFlooded = flood
    if flood { return [] }
    defer { rest() }
    var changes: [BucketChange] = []
    for index in buckets.indices {
      update(index, &changes) { $0.retry(flood: $1, now: now, timing: $2) }
    }
    return changes
  }

  /// Time has passed.
  ///
  /// - Parameter lastUse: the tick at which a bucket's previous path was last taken (`fs_transit.previous_fine`); asked
  ///   only for buckets in transition whose time has come.
  /// - Returns: the words to write, in this order. With times of 0 a bucket can come more than once.
  public mutating func tick(_ now: UInt32, lastUse: (_ bucket: Int) -> UInt32) -> [BucketChange] {
    if buckets.isEmpty { return [] }
    defer { rest() }
    var changes: [BucketChange] = []
    while let entry = queue.pop(now: now) {
      let bucket = buckets[entry.bucket]
      guard bucket.state.isInTransition, bucket.due == entry.due else { continue }
      let used = bucket.state.observed == nil ? lastUse(entry.bucket) : now
      update(entry.bucket, due: true, &changes) {
        $0.elapse(flood: $1, now: now, timing: $2, lastUse: used)
      }
    }
    return changes
  }

  /// What a plan changes where no flow has to be kept: a bucket that nobody has, or whose member died, is the target's at
  /// once. Nil: another one moves, too.
  private mutating func planAtRest(_ targets: [MemberIndex?], dead: Set<MemberIndex>) -> [BucketChange]? {
    let few = dead.count <= 8 ? dead.map(\.raw) : []
    func isDead(_ member: UInt32) -> Bool {
      if dead.count <= 8 { return few.contains(member) }
      return MemberIndex(raw: member).map(dead.contains) ?? false
    }
    var changes: [BucketChange] = []
    for (index, member) in resting.enumerated() {
      var target = index < targets.count ? targets[index]?.raw ?? 0 : member
      if isDead(target) { target = 0 }
      if target == member { continue }
      if member != 0 && !isDead(member) { return nil }
      changes.append(BucketChange(bucket: index, state: BucketMachine.state(target)))
    }
    for change in changes { resting[change.bucket] = change.state.current?.raw ?? 0 }
    return changes
  }

  private mutating func wake() {
    if !buckets.isEmpty { return }
    buckets = resting.map { Bucket(state: BucketMachine.state($0)) }
    resting = []
  }

  private mutating func rest() {
    if buckets.isEmpty || transitions > 0 || waiting > 0 { return }
    resting = buckets.map { $0.state.current?.raw ?? 0 }
    buckets = []
    queue = DueQueue()
  }

  /// Lets one bucket have an event, and keeps the books. `due`: its entry was taken from the queue.
  private mutating func update(
    _ index: Int, due: Bool = false, _ changes: inout [BucketChange],
    event: (inout Bucket, Bool, BucketTiming) -> Bool
  ) {
    let before = buckets[index]
    let changed = event(&buckets[index], isFlooded, timing)
    let after = buckets[index]
    if changed { changes.append(BucketChange(bucket: index, state: after.state)) }
    switch (before.state.isInTransition, after.state.isInTransition) {
    case (false, true): transitions += 1
    case (true, false): transitions -= 1
    default: break
    }
    guard after.state.isInTransition else { return }
    if due || !before.state.isInTransition || before.due != after.due {
      queue.push(.init(due: after.due, bucket: index))
    }
  }
}
