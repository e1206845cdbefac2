/// A result of a probe.
public struct ProbeReport: Hashable, Sendable {
  /// The job's.
  public var id: Int
  /// The target's name.
  public var target: String
  public var outcome: ProbeOutcome
  /// From the beginning of the probe to its result; nil when nothing was asked (`link`, the end of a damping).
  public var latency: Duration?
  /// Nil: the state is as it was.
  public var change: HealthChange?

  public init(id: Int, target: String, outcome: ProbeOutcome, latency: Duration?, change: HealthChange?) {
    self.id = id
    self.target = target
    self.outcome = outcome
    self.latency = latency
    self.change = change
  }
}
