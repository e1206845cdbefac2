/// When a draining member is empty (X5): no bucket leads to it any more, neither for new flows nor for those that began
/// before, and no packet went to it for a while.
///
/// A bucket leads to it until its transition is over (`BucketMachine`), so the watch ends by itself once the member's
/// flows are quiet for the settle time. The packets are the second witness: what is sent there without a bucket, by an
/// entry of a sticky source say, counts as well.
public struct DrainWatch: Sendable {
  /// Without packets for this time, and without buckets, the member is empty.
  public var quiet: Duration
  /// Buckets that lead to the member; nil before the first observation.
  public private(set) var remaining: Int?
  public private(set) var isEmpty = false

  private var packets: UInt64?
  private var lastPacket: Duration = .zero
  private var reported: Int?

  public init(quiet: Duration = .seconds(1)) { self.quiet = quiet }

  /// What is seen of the member now.
  ///
  /// - Parameters:
  ///   - previousBuckets: buckets whose current or previous member it is.
  ///   - leavingPackets: the counter of packets to it, as it stands; any change counts as traffic.
  ///   - now: since any fixed start; never falls.
  /// - Returns: what is worth an event: the first observation, each time that the remaining buckets have halved, empty,
  ///   and no longer empty.
  public mutating func observe(previousBuckets: Int, leavingPackets: UInt64, at now: Duration) -> DrainChange?
  {
    if packets != leavingPackets { lastPacket = now }
    packets = leavingPackets
    remaining = previousBuckets
    if previousBuckets == 0, now - lastPacket >= quiet {
      defer { isEmpty = true }
      return isEmpty ? nil : .empty
    }
    if isEmpty, previousBuckets > 0 {
      isEmpty = false
      reported = nil
    }
    guard !isEmpty else { return nil }
    if let reported, previousBuckets > reported / 2 || previousBuckets == 0 { return nil }
    reported = previousBuckets
    return .draining(buckets: previousBuckets)
  }
}
