/// `IFF_…` (netdevice(7), linux/if.h).
public struct LinkFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Administratively up.
  public static let up = LinkFlags(rawValue: 1 << 0)
  public static let loopback = LinkFlags(rawValue: 1 << 3)
  /// Operational (RFC 2863).
  public static let running = LinkFlags(rawValue: 1 << 6)
  /// The kernel speaks no ARP there.
  public static let noARP = LinkFlags(rawValue: 1 << 7)
  /// Set by an administrator; what packet sockets ask for shows in `Link.promiscuity` only.
  public static let promiscuous = LinkFlags(rawValue: 1 << 8)
  /// The driver has carrier.
  public static let lowerUp = LinkFlags(rawValue: 1 << 16)
}
