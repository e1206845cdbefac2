/// One probe under way. Lives on the runner's event loop.
protocol ProbeAttempt: AnyObject {
  /// Gives it up: its completion will not be called, or is ignored; what it holds is released.
  func cancel()
  /// What it waits for, to say what did not come in time: `answer`, `connection`.
  var awaited: String { get }
}

extension ProbeAttempt {
  var awaited: String { "answer" }
}

typealias ProbeCompletion = (ProbeOutcome) -> Void

/// How a job's probes are made. One for each job, so that what all its probes share is made once.
protocol ProbeMethod: AnyObject {
  /// Begins a probe. `completion` is called at most once, on the event loop, perhaps before this returns.
  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt
  /// Whether the attempt ends by itself in time, so that the runner needs not watch it.
  var keepsTime: Bool { get }
}

extension ProbeMethod {
  var keepsTime: Bool { false }
}
