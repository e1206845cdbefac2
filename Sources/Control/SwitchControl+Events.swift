import LinuxPlatform
import Logging
public import SwitchModel

// Events: each change of state with its cause and what followed (issue of the operator: "can I see why").
extension SwitchControl {
  func record(_ kind: EventKind, _ subject: String, cause: String, effect: String = "", moved: Int = 0) {
    let row = eventLog.append(
      time: time.wall.description, kind: kind, subject: subject, cause: cause, effect: effect, moved: moved)
    let text = "\(kind.rawValue) \(subject): \(cause)\(effect.isEmpty ? "" : "; \(effect)")"
    log.log(level: kind.isWarning ? .warning : .notice, "\(text)")
    // Not told to the program of whose failure it speaks.
    if kind != .hookFailed { hook?.run(row) }
  }

  /// Says that the operator's program fails: at once the first time, then once a minute at most.
  func tickHook() {
    if let last = hookReportedAt, time.now - last < .seconds(60) { return }
    guard let trouble = hook?.takeTrouble() else { return }
    hookReportedAt = time.now
    let failures = trouble.failures == 1 ? "it failed" : "it failed \(trouble.failures) times, the last time"
    let missed = "\(trouble.leftOut) event\(trouble.leftOut == 1 ? "" : "s")"
    record(
      .hookFailed, configuration.name,
      cause: trouble.failures == 0
        ? "\(configuration.hook[0]) is too slow"
        : "\(configuration.hook[0]): \(failures) for \(trouble.reason)",
      effect: trouble.leftOut == 0 ? "" : "it is not run for \(missed)")
  }

  /// Records what happened to the switch as a whole.
  public func note(_ note: OperatorNote) {
    switch note {
    case .applied(let cause, let effect):
      record(.applied, configuration.name, cause: cause, effect: effect)
    case .applyFailed(let reason):
      record(
        .applyFailed, configuration.name, cause: reason, effect: "the former configuration is in effect again"
      )
    case .credentialsLoaded(let path, let effect):
      record(.credentialsLoaded, path, cause: "the file changed", effect: effect)
    case .credentialsRejected(let path, let reason):
      record(.credentialsRejected, path, cause: reason, effect: "what was read before goes on to count")
    }
  }

  public func events(after number: UInt64?) -> [EventRow] { eventLog.after(number) }

  public func followEvents() -> AsyncStream<EventRow> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: EventRow.self, bufferingPolicy: .bufferingNewest(1024))
    if isStopped {
      continuation.finish()
      return stream
    }
    let number = eventLog.follow(continuation)
    continuation.onTermination = { [weak self] _ in
      guard let self else { return }
      Task { await self.unfollow(number) }
    }
    return stream
  }

  private func unfollow(_ number: UInt64) { eventLog.unfollow(number) }

  func saveEvents() {
    let isSaved = eventLog.save()
    if !isSaved && !isEventLogBroken {
      log.error("can't write \(paths.events): events of now are lost at a restart")
    }
    if isSaved && isEventLogBroken { log.notice("\(paths.events) is written again, nothing is missing") }
    isEventLogBroken = !isSaved
  }
}
