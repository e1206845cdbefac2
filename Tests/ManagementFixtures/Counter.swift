import Synchronization

/// Counts from anywhere.
public final class Counter: Sendable {
  private let count = Mutex(0)

  public init() {}

  public var value: Int { count.withLock { $0 } }
  public func add() { count.withLock { $0 += 1 } }
}
