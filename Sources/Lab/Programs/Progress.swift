import Glibc
import Synchronization

/// A word on standard error when something takes longer than two seconds: what, and for how long already. On a
/// terminal it is one line that is written over and wiped; into a file it is said once.
final class Progress: Sendable {
  private struct Step {
    var what: String
    var began: ContinuousClock.Instant
    var lastSaid: Int = 0
  }

  static let shared = Progress()
  private let step = Mutex<Step?>(nil)
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Runs `body` as the step that is talked about. Steps may nest; the inner one has the word.
  func during<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = step.withLock { current in
      let outer = current
      current = Step(what: what, began: .now)
      return outer
    }
    defer {
      let said = step.withLock { current in
        let said = (current?.lastSaid ?? 0) > 0
        current = outer
        return said
      }
      if said, isTerminal { write("\r\u{1B}[K") }
    }
    return try body()
  }

  func tick() {
    step.withLock { current in
      guard var now = current else { return }
      let seconds = Int((ContinuousClock.now - now.began).components.seconds)
      guard seconds >= 2, seconds > now.lastSaid, isTerminal || now.lastSaid == 0 else { return }
      now.lastSaid = seconds
      current = now
      write(isTerminal ? "\r\u{1B}[K  … \(now.what), \(seconds) s" : "  … \(now.what)\n")
    }
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
