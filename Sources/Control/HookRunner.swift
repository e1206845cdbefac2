import HealthProbe
import Logging
import SwitchModel

/// Runs the operator's program for each event, one after the other. Events beyond the queue's room are left out, and
/// that is said.
final class HookRunner: Sendable {
  private let input: AsyncStream<EventRow>.Continuation
  private let task: Task<Void, Never>

  /// Nil without a command.
  init?(_ command: [String], instance: String, log: Logger) {
    guard !command.isEmpty else { return nil }
    let (stream, input) = AsyncStream.makeStream(of: EventRow.self, bufferingPolicy: .bufferingOldest(256))
    self.input = input
    task = Task {
      for await event in stream {
        let failure = await ProgramRun.run(
          command, environment: HookRunner.environment(event, instance), timeout: .seconds(10))
        if let failure { log.warning("hook-failed: \(command[0]) for event \(event.number): \(failure)") }
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

  /// False: there was no room.
  @discardableResult
  func run(_ event: EventRow) -> Bool {
    if case .enqueued = input.yield(event) { return true }
    return false
  }

  /// Takes no more events; those that wait still have their turn.
  func finish() { input.finish() }

  func stop() {
    input.finish()
    task.cancel()
  }
}
