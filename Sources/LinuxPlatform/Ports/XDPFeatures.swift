import CNetlink

/// What a driver declares that it can do with XDP (`NETDEV_XDP_ACT_…`, linux/netdev.h; Linux 6.3 and later).
public struct XDPFeatures: OptionSet, Hashable, Sendable {
  public var rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// A program in the driver; frames pass, are dropped, or go back where they came from.
  public static let basic = XDPFeatures(rawValue: 1 << 0)
  /// Received frames go to another interface (`XDP_REDIRECT`).
  public static let redirect = XDPFeatures(rawValue: 1 << 1)
  /// Takes frames that others redirect to it (`ndo_xdp_xmit`). Some drivers declare it only while a program is
  /// attached.
  public static let transmit = XDPFeatures(rawValue: 1 << 2)

  /// Nil where the kernel does not tell, or there is no such interface.
  /// - Parameter index: of an interface of the calling thread's network namespace.
  public static func declared(byLink index: UInt32) -> XDPFeatures? {
    var features: UInt64 = 0
    return fs_xdp_features(index, &features) == 0 ? XDPFeatures(rawValue: features) : nil
  }
}
