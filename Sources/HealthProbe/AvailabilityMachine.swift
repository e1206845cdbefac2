/// Who is primary in an availability cluster (WO 99/33227, H11).
///
/// ```
///                    it fails, or is taken out of use
///          ┌────────────────────────────────────────────────────┐
///          │                                                    ▼
///       primary                                         secondary-failed
///          ▲                                                │       ▲
///          │ there is no primary, and                restored│       │ it fails, or is
///          │ it is the first in order                       ▼       │ taken out of use
///          └─────────────────────────────────── secondary-operational
/// ```
///
/// A restored member never pre-empts the primary. Succession is in the order of configuration.
///
/// After a start nobody has been heard of. For a short *opening* (`opened` … `closed`) the first in order of those
/// that came up and did not fail since is primary, so that the choice does not hang on who happened to answer first. A member not heard of yet
/// is shown as secondary-operational: it is not failed, but it becomes primary only when it comes up. A primary
/// that is known from before a restart stays until it fails, and needs no opening.
///
/// No clock, no I/O: time is a `Duration` since any fixed start, kept for the history only.
public struct AvailabilityMachine<Member: Hashable & Sendable>: Sendable {
  private enum Health {
    case unknown, up, down
  }

  private struct Entry {
    var member: Member
    var health = Health.unknown
    var isOut = false
    /// It was up and then failed, or was taken out: an opening gives nothing back to it.
    var wasLost = false

    var canServe: Bool { health == .up && !isOut }
    /// Enough to stay primary.
    var canStay: Bool { health != .down && !isOut }

    mutating func lose(_ change: (inout Self) -> Void) {
      if canServe { wasLost = true }
      change(&self)
    }
  }

  /// How many changes of primary are remembered.
  public static var historyLimit: Int { 32 }

  public private(set) var primary: Member?
  /// Changes of primary, oldest first.
  public private(set) var history: [PrimaryChange<Member>] = []
  /// Whether the primary may still change because one earlier in the order comes up.
  public private(set) var isOpen = false
  private var entries: [Entry] = []

  /// - Parameters:
  ///   - order: the members in the order of succession; of equal ones the first counts.
  ///   - primary: who was primary when the daemon stopped; ignored unless it is a member.
  public init(order: [Member], primary: Member? = nil) {
    for member in order where !entries.contains(where: { $0.member == member }) {
      entries.append(Entry(member: member))
    }
    if let primary, entries.contains(where: { $0.member == primary }) { self.primary = primary }
  }

  /// The members in the order of succession.
  public var order: [Member] { entries.map(\.member) }

  /// Nil for who is not a member.
  public subscript(member: Member) -> AvailabilityState? {
    entries.first { $0.member == member }.map(state)
  }

  /// States in the order of succession.
  public var states: [(member: Member, state: AvailabilityState)] {
    entries.map { ($0.member, state(of: $0)) }
  }

  /// Takes an event in. One that concerns nobody here, or says nothing new, changes nothing.
  /// - Returns: who became what, in the order of succession, those that left last.
  public mutating func handle(
    _ event: AvailabilityEvent<Member>, at now: Duration
  ) -> [AvailabilityChange<Member>] {
    update(cause: event.cause, at: now) { machine in
      switch event {
      case .up(let member): machine.edit(member) { $0.health = .up }
      case .down(let member): machine.edit(member) { $0.lose { $0.health = .down } }
      case .out(let member): machine.edit(member) { $0.lose { $0.isOut = true } }
      case .in(let member): machine.edit(member) { $0.isOut = false }
      case .added(let member, let place): machine.insert(member, at: place)
      case .removed(let member): machine.entries.removeAll { $0.member == member }
      // A known primary is not to be doubted by an opening.
      case .opened:
        machine.isOpen = machine.primary == nil
        for i in machine.entries.indices { machine.entries[i].wasLost = false }
      case .closed: machine.isOpen = false
      }
    }
  }

  /// The members as they are configured from now on. Those that stay keep their state, whatever their place.
  public mutating func configure(
    _ order: [Member], at now: Duration
  ) -> [AvailabilityChange<Member>] {
    update(cause: "configuration", at: now) { machine in
      let old = machine.entries
      machine.entries = []
      for member in order where !machine.entries.contains(where: { $0.member == member }) {
        machine.entries.append(old.first { $0.member == member } ?? Entry(member: member))
      }
    }
  }

  private mutating func edit(_ member: Member, _ body: (inout Entry) -> Void) {
    guard let index = entries.firstIndex(where: { $0.member == member }) else { return }
    body(&entries[index])
  }

  private mutating func insert(_ member: Member, at place: Int) {
    let existing = entries.firstIndex { $0.member == member }.map { entries.remove(at: $0) }
    entries.insert(existing ?? Entry(member: member), at: min(max(place, 0), entries.count))
  }

  private func state(of entry: Entry) -> AvailabilityState {
    if entry.member == primary { return .primary }
    return entry.canStay ? .secondaryOperational : .secondaryFailed
  }

  private mutating func update(
    cause: String, at now: Duration, _ body: (inout Self) -> Void
  ) -> [AvailabilityChange<Member>] {
    let before = states
    let old = primary
    body(&self)
    elect()
    if primary != old {
      history.append(PrimaryChange(from: old, to: primary, at: now, cause: cause))
      if history.count > Self.historyLimit { history.removeFirst() }
    }
    var changes: [AvailabilityChange<Member>] = []
    for entry in entries {
      let was = before.first { $0.member == entry.member }?.state
      let isNow = state(of: entry)
      if was != isNow { changes.append(AvailabilityChange(member: entry.member, from: was, to: isNow)) }
    }
    for (member, was) in before where self[member] == nil {
      changes.append(AvailabilityChange(member: member, from: was, to: nil))
    }
    return changes
  }

  private mutating func elect() {
    if let incumbent = entries.firstIndex(where: { $0.member == primary }), entries[incumbent].canStay {
      if !isOpen { return }
      guard let earlier = entries[..<incumbent].first(where: { $0.canServe && !$0.wasLost }) else { return }
      primary = earlier.member
      return
    }
    primary = entries.first { $0.canServe }?.member
  }
}
