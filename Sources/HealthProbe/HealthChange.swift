/// A target's health changed.
public struct HealthChange: Hashable, Sendable {
  public var from: HealthState
  public var to: HealthState
  /// In the time that the machine is given.
  public var at: Duration

  public init(from: HealthState, to: HealthState, at: Duration) {
    self.from = from
    self.to = to
    self.at = at
  }
}
