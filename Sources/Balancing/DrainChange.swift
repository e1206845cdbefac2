/// What `DrainWatch` reports.
public enum DrainChange: Hashable, Sendable {
  /// So many buckets still lead to the member.
  case draining(buckets: Int)
  /// Nothing leads to it any more: it can be switched off.
  case empty
}
