public import SwitchModel

/// What is known of a job at the moment, for `show probes`.
public struct ProbeStatus: Hashable, Sendable {
  /// The job's.
  public var id: Int
  /// The target's name.
  public var target: String
  public var kind: ProbeKind
  public var state: HealthState
  /// `ok`, or what went wrong; nil before the first result.
  public var lastResult: String?
  /// Of the last success.
  public var latency: Duration?
  public var successes: UInt64
  public var failures: UInt64
  /// When the state changed last, or the job began; in the runner's time.
  public var changedAt: Duration

  public init(
    id: Int, target: String, kind: ProbeKind, state: HealthState, lastResult: String? = nil,
    latency: Duration? = nil, successes: UInt64 = 0, failures: UInt64 = 0, changedAt: Duration
  ) {
    self.id = id
    self.target = target
    self.kind = kind
    self.state = state
    self.lastResult = lastResult
    self.latency = latency
    self.successes = successes
    self.failures = failures
    self.changedAt = changedAt
  }
}
