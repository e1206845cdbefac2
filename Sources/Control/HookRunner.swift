import HealthProbe
import SwitchModel
import Synchronization

/// Runs the operator's program for each event, one after the other. Events beyond the queue's room are left out. What went
/// wrong is kept until it is asked for.
final class HookRunner: Sendable {
  /// What went wrong with the program since it was last asked for.
  struct Trouble: Equatable, Sendable {
    /// Runs that failed, and why the last one did.
    var failures = 0
    var reason = ""
    /// Events for which there was no room.
    var leftOut = 0
  }

  /// Events that may wait.
  static let room = 256

  private let input: AsyncStream<EventRow>.Continuation
  private let task: Task<Void, Never>
  private let trouble: Tally

  private final class Tally: Sendable {
    let value = Mutex(Trouble())
  }

  /// Nil without a command.
  init?(_ command: [String], instance: String, timeout: Duration = .seconds(10)) {
    guard !command.isEmpty else { return nil }
    let (stream, input) = AsyncStream.makeStream(
      of: EventRow.self, bufferingPolicy: .bufferingOldest(HookRunner.room))
    self.input = input
    let trouble = Tally()
    self.trouble = trouble
    task = Task {
      for await event in stream {
        let failure = await ProgramRun.run(
          command, environment: HookRunner.environment(event, instance), timeout: timeout)
        guard let failure else { continue }
        trouble.value.withLock {
          $0.failures += 1
          $0.reason = "event \(event.number): \(failure)"
        }
      }
    }
  }

  static func environment(_ event: EventRow, _ instance: String) -> [String: String] {
    [
      "FLOWSWITCH_NAME": instance, "FLOWSWITCH_EVENT_NUMBER": String(event.number),
      "FLOWSWITCH_EVENT_TIME": event.time, "FLOWSWITCH_EVENT_KIND": event.kind,
      "FLOWSWITCH_EVENT_SEVERITY": event.severity, "FLOWSWITCH_EVENT_SUBJECT": event.subject,
      "FLOWSWITCH_EVENT_CAUSE": event.cause, "FLOWSWITCH_EVENT_EFFECT": event.effect,
      "FLOWSWITCH_EVENT_BUCKETS_MOVED": String(event.buckets_moved),
    ]
  }

  func run(_ event: EventRow) {
    if case .enqueued = input.yield(event) { return }
    trouble.value.withLock { $0.leftOut += 1 }
  }

  /// Nil: nothing went wrong since it was last asked.
  func takeTrouble() -> Trouble? {
    trouble.value.withLock { trouble in
      defer { trouble = Trouble() }
      return trouble == Trouble() ? nil : trouble
    }
  }

  /// Takes no more events; those that wait still have their turn.
  func finish() { input.finish() }

  func stop() {
    input.finish()
    task.cancel()
  }
}
