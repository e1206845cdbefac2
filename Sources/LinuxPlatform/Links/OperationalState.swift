/// `IF_OPER_…` (RFC 2863, ifOperStatus; Documentation/networking/operstates.rst).
public enum OperationalState: UInt8, Hashable, Sendable {
  /// What drivers report that do not care, and the loopback.
  case unknown = 0
  case notPresent = 1
  case down = 2
  case lowerLayerDown = 3
  case testing = 4
  case dormant = 5
  case up = 6
}
