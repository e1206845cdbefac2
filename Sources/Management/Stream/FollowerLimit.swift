import Synchronization

/// Counts who follows events.
final class FollowerLimit: Sendable {
  /// The right to follow; given back when it is let go of.
  final class Place: Sendable {
    private let limit: FollowerLimit

    fileprivate init(_ limit: FollowerLimit) { self.limit = limit }

    deinit { limit.count.withLock { $0 -= 1 } }
  }

  let maximum: Int
  private let count = Mutex(0)

  init(_ maximum: Int) { self.maximum = maximum }

  /// Nil if all places are taken.
  func take() -> Place? {
    let isFree = count.withLock { count in
      guard count < maximum else { return false }
      count += 1
      return true
    }
    return isFree ? Place(self) : nil
  }
}
