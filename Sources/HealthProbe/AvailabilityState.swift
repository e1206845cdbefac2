/// The state of a member of an availability cluster (WO 99/33227, H11). The raw values are the names in JSON.
public enum AvailabilityState: String, CaseIterable, Hashable, Sendable {
  /// It gets all traffic.
  case primary
  /// It can become primary; or nothing is known of it yet.
  case secondaryOperational = "secondary-operational"
  /// It failed, or was taken out of use by the operator.
  case secondaryFailed = "secondary-failed"
}
