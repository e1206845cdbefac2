import CTables

/// A bucket's word: who gets its flows (the table in Pipeline+Transition.swift). A member of 0 is nobody.
public struct BucketWord: Hashable, Sendable {
  public var current: Int
  /// Who had the bucket before, in a transition.
  public var previous: Int
  /// Who took new flows in this transition, and takes none any more.
  public var withdrawn: Int
  public var isTransit: Bool
  /// Unknown flows without a beginning are entered for the previous member, or the withdrawn one.
  public var isObserving: Bool
  public var observesWithdrawn: Bool

  public init(
    current: Int, previous: Int = 0, withdrawn: Int = 0, isTransit: Bool = false, isObserving: Bool = false,
    observesWithdrawn: Bool = false
  ) {
    self.current = current
    self.previous = previous
    self.withdrawn = withdrawn
    self.isTransit = isTransit
    self.isObserving = isObserving
    self.observesWithdrawn = observesWithdrawn
  }

  init(word: UInt64) {
    func member(_ shift: UInt32) -> Int { Int(word >> UInt64(shift) & UInt64(FS_MEMBER_MASK)) }
    current = member(0)
    previous = member(FS_MEMBER_BITS)
    withdrawn = member(FS_BUCKET_WITHDRAWN_SHIFT)
    isTransit = word & FS_BUCKET_TRANSIT != 0
    isObserving = word & FS_BUCKET_OBSERVE != 0
    observesWithdrawn = word & FS_BUCKET_OBSERVE_WITHDRAWN != 0
  }

  var word: UInt64 {
    func field(_ member: Int, _ shift: UInt32) -> UInt64 {
      (UInt64(truncatingIfNeeded: member) & UInt64(FS_MEMBER_MASK)) << UInt64(shift)
    }
    return field(current, 0) | field(previous, FS_MEMBER_BITS) | field(withdrawn, FS_BUCKET_WITHDRAWN_SHIFT)
      | (isTransit ? FS_BUCKET_TRANSIT : 0) | (isObserving ? FS_BUCKET_OBSERVE : 0)
      | (observesWithdrawn ? FS_BUCKET_OBSERVE_WITHDRAWN : 0)
  }
}
