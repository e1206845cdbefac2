/// Who put a route or a rule into the kernel (`RTPROT_…`, linux/rtnetlink.h).
public struct RouteOrigin: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let kernel = RouteOrigin(rawValue: 2)
  public static let boot = RouteOrigin(rawValue: 3)
  public static let administrator = RouteOrigin(rawValue: 4)
  /// The mark that the switch leaves, so that what a killed daemon left behind can be told from others' work. The
  /// number is used by nobody in iproute2's rt_protos.
  public static let flowSwitch = RouteOrigin(rawValue: 245)
}
