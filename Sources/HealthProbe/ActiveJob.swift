import NIOCore
import SwitchModel

/// A job that runs: its machine, its probe under way, its next one. Lives on the runner's event loop.
final class ActiveJob: NIOScheduledCallbackHandler {
  let job: ProbeJob
  var machine: HealthMachine
  /// Nil for `link`, and for what cannot be made.
  let method: (any ProbeMethod)?
  /// Why it cannot be made.
  let obstacle: String?
  var attempt: (any ProbeAttempt)?
  /// When the present probe was due and when it began.
  var due = NIODeadline.now()
  var began = NIODeadline.now()
  /// The present probe's end, or the next one's beginning, and when that is. The loop takes what is due in batches: one
  /// that is cancelled may still come, and must be known for what it is.
  private(set) var alarm: NIOScheduledCallback?
  private var alarmDue = NIODeadline.distantFuture
  /// The end of a damping.
  var release: Scheduled<Void>?
  private weak var engine: ProbeEngine?

  init(
    _ job: ProbeJob, _ machine: HealthMachine, _ method: (any ProbeMethod)?, obstacle: String?,
    _ engine: ProbeEngine
  ) {
    self.job = job
    self.machine = machine
    self.method = method
    self.obstacle = obstacle
    self.engine = engine
  }

  func handleScheduledCallback(eventLoop: some EventLoop) {
    guard alarm != nil, alarmDue <= .now() else { return }
    alarm = nil
    engine?.alarm(self)
  }

  func setAlarm(at due: NIODeadline, _ loop: any EventLoop) {
    alarmDue = due
    // It fails only while the loop shuts down.
    alarm = try? loop.assumeIsolatedUnsafeUnchecked().scheduleCallback(at: due, handler: self)
  }

  func cancelAlarm() {
    alarm?.cancel()
    alarm = nil
  }

  func stop() {
    engine = nil
    cancelAlarm()
    release?.cancel()
    release = nil
    attempt?.cancel()
    attempt = nil
  }
}
