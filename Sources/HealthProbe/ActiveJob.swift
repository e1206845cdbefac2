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
  /// The present probe's end, or the next one's beginning.
  var alarm: NIOScheduledCallback?
  /// The end of a damping.
  var release: Scheduled<Void>?
  private unowned let engine: ProbeEngine

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

  func handleScheduledCallback(eventLoop: some EventLoop) { engine.alarm(self) }

  func stop() {
    alarm?.cancel()
    alarm = nil
    release?.cancel()
    release = nil
    attempt?.cancel()
    attempt = nil
  }
}
