/// A pool router's counters over all CPUs: frames for its own MAC that went to itself.
public struct RouterCounters: Hashable, Sendable {
  public var packets: UInt64 = 0
  public var bytes: UInt64 = 0

  public init() {}
}
