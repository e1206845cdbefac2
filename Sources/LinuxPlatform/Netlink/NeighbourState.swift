/// States of a neighbour entry (`NUD_…`, linux/neighbour.h; RFC 4861 §7.3.2).
public struct NeighbourState: OptionSet, Hashable, Sendable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let incomplete = NeighbourState(rawValue: 0x01)
  public static let reachable = NeighbourState(rawValue: 0x02)
  public static let stale = NeighbourState(rawValue: 0x04)
  public static let delay = NeighbourState(rawValue: 0x08)
  public static let probe = NeighbourState(rawValue: 0x10)
  public static let failed = NeighbourState(rawValue: 0x20)
  public static let noARP = NeighbourState(rawValue: 0x40)
  /// Never asked for and never aged.
  public static let permanent = NeighbourState(rawValue: 0x80)
}
