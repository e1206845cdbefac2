/// How often what happened.
public struct ReplaySummary: Hashable, Codable, Sendable {
  /// Packets that ran through the pipeline.
  public var packets: UInt64 = 0
  /// By `forward`, `flood`, `reply`, `drop`, `punt`.
  public var verdicts: [String: UInt64] = [:]
  public var reasons: [String: UInt64] = [:]
  public var clusters: [String: UInt64] = [:]
  /// By `cluster/member`.
  public var members: [String: UInt64] = [:]
  /// Left out: they are copies of what leaves a switch.
  public var outbound: UInt64 = 0
  /// Left out: not Ethernet, or longer than an interface takes.
  public var unusable: UInt64 = 0
  /// Cut short in the capture: the rest is taken as zeros.
  public var padded: UInt64 = 0
  /// Clock of the tables, by the packets' times: the first and the last, in nanoseconds since 1970.
  public var first: UInt64?
  public var last: UInt64?

  public init() {}
}
