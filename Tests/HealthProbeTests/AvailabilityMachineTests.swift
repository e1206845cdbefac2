import Testing

@testable import HealthProbe

/// WO 99/33227, H11: availability clustering.
@Suite("H11: the availability machine")
struct AvailabilityMachineTests {
  private typealias Machine = AvailabilityMachine<Int>
  private typealias Event = AvailabilityEvent<Int>

  /// What happened to each member, kept beside the machine in the simplest way.
  private struct Book: Hashable {
    var order = [1, 2, 3]
    var up: Set<Int> = []
    var down: Set<Int> = []
    var out: Set<Int> = []
    /// Was up and failed, or was taken out, since the opening began.
    var lost: Set<Int> = []
    var isOpen = false

    mutating func note(_ event: Event, primary: Int?) {
      let served = able
      defer { lost.formUnion(served.filter { !able.contains($0) && order.contains($0) }) }
      switch event {
      case .up(let member) where order.contains(member):
        up.insert(member)
        down.remove(member)
      case .down(let member) where order.contains(member):
        down.insert(member)
        up.remove(member)
      case .out(let member) where order.contains(member): out.insert(member)
      case .in(let member): out.remove(member)
      case .added(let member, let place):
        order.removeAll { $0 == member }
        order.insert(member, at: min(place, order.count))
      case .removed(let member):
        order.removeAll { $0 == member }
        up.remove(member)
        down.remove(member)
        out.remove(member)
        lost.remove(member)
      case .opened:
        isOpen = primary == nil
        lost = []
      case .closed: isOpen = false
      case .up, .down, .out: break
      }
    }

    var able: [Int] { order.filter { up.contains($0) && !out.contains($0) } }

    /// Who may take the place of one that could stay.
    func earlier(than member: Int) -> Int? {
      order.prefix { $0 != member }.first { able.contains($0) && !lost.contains($0) }
    }

    func canStay(_ member: Int) -> Bool {
      order.contains(member) && !down.contains(member) && !out.contains(member)
    }
  }

  private static let events: [Event] =
    (1...3).flatMap { [.up($0), .down($0)] } + [
      .out(1), .in(1), .removed(2), .added(2, at: 0), .opened, .closed,
    ]

  private struct Situation: Hashable {
    var book: Book
    var primary: Int?
  }

  /// Sequences that lead to the same situation go on alike, so one of them stands for all: what is walked here are all
  /// sequences of whatever length, event by event from each situation that any of them reaches.
  @Test("H11: all sequences of events over three members", arguments: [nil, 2])
  func exhaustively(known: Int?) {
    let start = (machine: Machine(order: [1, 2, 3], primary: known), book: Book())
    var seen: Set<Situation> = [Situation(book: start.book, primary: known)]
    var ways = [start]
    var faults: [String] = []
    while let (before, past) = ways.popLast(), faults.count < 5 {
      for event in Self.events {
        var (machine, book) = (before, past)
        book.note(event, primary: before.primary)
        let changes = machine.handle(event, at: .zero)
        if let fault = Self.fault(before, event, machine, changes, book) {
          faults.append("\(fault): \(event) after \(past), primary \(String(describing: before.primary))")
        }
        if seen.insert(Situation(book: book, primary: machine.primary)).inserted {
          ways.append((machine, book))
        }
      }
    }
    #expect(faults == [])
    #expect(seen.count > 200)
  }

  private static func fault(
    _ before: Machine, _ event: Event, _ machine: Machine, _ changes: [AvailabilityChange<Int>], _ book: Book
  ) -> String? {
    let primaries = machine.states.filter { $0.state == .primary }.map(\.member)
    if primaries != (machine.primary.map { [$0] } ?? []) { return "primaries \(primaries)" }
    if machine.primary == nil, !book.able.isEmpty { return "no primary" }
    if machine.order != book.order { return "order \(machine.order)" }
    if let primary = machine.primary, !book.canStay(primary) { return "primary \(primary) cannot serve" }
    if let old = before.primary, book.canStay(old) {
      let wanted = book.isOpen ? book.earlier(than: old) ?? old : old
      if machine.primary != wanted { return "not \(wanted) after \(old), who could stay" }
    } else if machine.primary != book.able.first {
      return "not the first in order"
    }
    for (member, state) in machine.states where member != machine.primary {
      if state != (book.canStay(member) ? .secondaryOperational : .secondaryFailed) {
        return "\(member) is \(state)"
      }
    }
    let expected = machine.primary == before.primary ? before.history.last?.to : machine.primary
    if machine.history.last?.to != expected {
      return "history ends with \(String(describing: machine.history.last))"
    }
    // The changes lead from what was to what is.
    var was: [Int: AvailabilityState] = [:]
    for (member, state) in before.states { was[member] = state }
    for change in changes {
      if was[change.member] != change.from || change.from == change.to { return "change \(change)" }
      was[change.member] = change.to
    }
    for (member, state) in machine.states where was[member] != state { return "no change of \(member) told" }
    return was.count == machine.states.count ? nil : "a member that left was not told"
  }

  @Test("H11: primary fails twice, the restored ones never pre-empt")
  func succession() {
    var machine = Machine(order: [1, 2, 3])
    for member in [2, 1, 3] { _ = machine.handle(.up(member), at: .zero) }
    // Without an opening the first to come up is primary.
    #expect(machine.primary == 2)
    #expect(
      machine.handle(.down(2), at: .seconds(1)) == [
        AvailabilityChange(member: 1, from: .secondaryOperational, to: .primary),
        AvailabilityChange(member: 2, from: .primary, to: .secondaryFailed),
      ])
    #expect(
      machine.handle(.up(2), at: .seconds(2)) == [
        AvailabilityChange(member: 2, from: .secondaryFailed, to: .secondaryOperational)
      ])
    _ = machine.handle(.down(1), at: .seconds(3))
    #expect(machine.primary == 2)
    _ = machine.handle(.up(1), at: .seconds(4))
    #expect(machine.states.map(\.state) == [.secondaryOperational, .primary, .secondaryOperational])
    #expect(machine.history.map(\.to) == [2, 1, 2])
    #expect(machine.history.last == PrimaryChange(from: 1, to: 2, at: .seconds(3), cause: "1 failed"))
  }

  @Test("H11: in the opening the first in order of those that are up is primary")
  func opening() {
    var machine = Machine(order: [1, 2, 3])
    _ = machine.handle(.opened, at: .zero)
    #expect(machine.states.allSatisfy { $0.state == .secondaryOperational })
    var primaries: [Int?] = []
    // One that failed gets nothing back, opening or not.
    for event in [Event.up(3), .up(2), .down(2), .up(2), .down(3), .closed, .up(1)] {
      _ = machine.handle(event, at: .zero)
      primaries.append(machine.primary)
    }
    #expect(primaries == [3, 2, 3, 3, 2, 2, 2])
  }

  @Test("X7: the primary from before a restart stays, heard of or not, until it fails")
  func restart() {
    var machine = Machine(order: [1, 2, 3], primary: 3)
    for event in [Event.opened, .up(1), .closed, .up(2)] {
      #expect(!machine.handle(event, at: .zero).contains { $0.member == 3 })
    }
    #expect(machine.primary == 3)
    _ = machine.handle(.down(3), at: .zero)
    #expect(machine.primary == 1)
    #expect(Machine(order: [1, 2], primary: 9).primary == nil)
  }

  @Test("H11: a new order moves nobody; one who leaves is succeeded")
  func configuration() {
    var machine = Machine(order: [1, 2, 3])
    for member in 1...3 { _ = machine.handle(.up(member), at: .zero) }
    #expect(machine.configure([3, 2, 1], at: .zero) == [])
    #expect(machine.primary == 1)
    let changes = machine.configure([3, 2, 4], at: .zero)
    #expect(
      changes == [
        AvailabilityChange(member: 3, from: .secondaryOperational, to: .primary),
        AvailabilityChange(member: 4, from: nil, to: .secondaryOperational),
        AvailabilityChange(member: 1, from: .primary, to: nil),
      ])
    #expect(machine.history.last?.cause == "configuration")
  }

  @Test("H11: 32 changes of primary are remembered")
  func history() {
    var machine = Machine(order: [1, 2])
    _ = machine.handle(.up(1), at: .zero)
    _ = machine.handle(.up(2), at: .zero)
    for second in 1...50 {
      guard let primary = machine.primary else { break }
      _ = machine.handle(.down(primary), at: .seconds(second))
      _ = machine.handle(.up(primary), at: .seconds(second))
    }
    #expect(machine.history.count == 32)
    #expect(machine.history.map(\.at) == (19...50).map { .seconds($0) })
  }
}
