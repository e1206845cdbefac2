/// A bucket that the load routine gives to another member (H8).
public struct BucketMove: Hashable, Sendable {
  /// 0 ..< number of buckets, within the cluster or pool.
  public var bucket: Int
  public var from: MemberIndex
  public var to: MemberIndex

  public init(bucket: Int, from: MemberIndex, to: MemberIndex) {
    self.bucket = bucket
    self.from = from
    self.to = to
  }
}
