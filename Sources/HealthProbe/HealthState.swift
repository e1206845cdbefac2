/// What the probes say of a target. The raw values are the names in JSON (`ProbeRow.state`).
public enum HealthState: String, CaseIterable, Hashable, Sendable {
  /// Too few results yet. Counts as not failed.
  case unknown
  case operational
  case failed
  /// It failed too often in a short time, and is held back whatever its probes say (`FlapDamping`).
  case damped

  /// Whether the target has to be taken out of use.
  public var isFailed: Bool { self == .failed || self == .damped }
}
