public import Forwarding

/// A table that the pipeline looked into, in the order of its lookups.
public enum ExplainLookup: Hashable, Sendable {
  case port(Int)
  case station(set: Int)
  case cluster(Int)
  case services(set: Int)
  case bucket(Int, BucketWord)
  /// The bucket is in transition, and its previous path is taken.
  case transit(bucket: Int)
  case flow(set: Int)
  case source(set: Int)
  case fragment(set: Int)
  case member(Int)
  case router(Int)
  case answer(set: Int)
  case subnet(Int)
  case reason(Reason)
}
