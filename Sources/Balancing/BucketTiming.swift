/// How long the parts of a transition last, in ticks of 100 ms (the datapath's fine time).
public struct BucketTiming: Hashable, Sendable {
  /// How long flows without a beginning are observed before they begin on the new member.
  public let observe: UInt32
  /// How long nothing must have taken the previous path before the transition is over.
  public let settle: UInt32

  /// Longest time of either kind, some three years: keeps comparisons of wrapping ticks unambiguous.
  public static var longest: UInt32 { 1 << 30 }

  /// Longer times than `longest` are cut to it.
  public init(observe: UInt32, settle: UInt32) {
    self.observe = min(observe, Self.longest)
    self.settle = min(settle, Self.longest)
  }
}
