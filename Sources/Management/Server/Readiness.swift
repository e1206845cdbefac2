import Synchronization

/// Tells once that everything is there that was waited for.
final class Readiness: Sendable {
  private let missing: Mutex<Int>
  private let onReady: @Sendable () async -> Void

  init(of count: Int, _ onReady: @escaping @Sendable () async -> Void) {
    missing = Mutex(count)
    self.onReady = onReady
  }

  func arrive() async {
    let isLast = missing.withLock { missing in
      missing -= 1
      return missing == 0
    }
    if isLast { await onReady() }
  }
}
