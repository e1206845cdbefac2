/// A bucket whose word must be written.
public struct BucketChange: Hashable, Sendable {
  /// 0 ..< number of buckets, within the cluster.
  public var bucket: Int
  public var state: BucketState

  public init(bucket: Int, state: BucketState) {
    self.bucket = bucket
    self.state = state
  }
}
