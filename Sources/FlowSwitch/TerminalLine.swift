import Synchronization

/// A line on the terminal that is written over: how far something is that takes longer than two seconds. Nothing where
/// standard error is no terminal.
final class TerminalLine: Sendable {
  /// Nothing is said before.
  static let patience = Duration.seconds(2)

  private let console: any ConsoleOutput
  private let isShown = Mutex(false)

  init(_ console: any ConsoleOutput = Console.current) { self.console = console }

  /// What the line says from now on. It is cut to what the terminal's width holds, or it could not be written over.
  func show(_ text: String) {
    guard let width = console.errorWidth else { return }
    // What a member or a file is called must not steer the terminal.
    let safe = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : String($0) }.joined()
    isShown.withLock { shown in
      shown = true
      console.writeProgress("\r\u{1b}[K\(safe.prefix(max(width - 1, 0)))")
    }
  }

  /// Takes the line away, before anything else is written.
  func wipe() {
    isShown.withLock { shown in
      if shown { console.writeProgress("\r\u{1b}[K") }
      shown = false
    }
  }

  /// Says each second for what it waits, and for how long already, while `body` runs.
  /// - Parameters:
  ///   - what: `the switch takes over the new configuration`.
  ///   - patience: nothing is said before, and then each `period`.
  static func during<Result: Sendable>(
    _ what: String, patience: Duration = patience, period: Duration = .seconds(1),
    _ body: () async throws -> Result
  ) async rethrows -> Result {
    let line = TerminalLine()
    let begin = ContinuousClock.now
    let ticker = Task {
      var next = begin + patience
      while (try? await Task.sleep(until: next, clock: .continuous)) != nil {
        // The time first: a narrow terminal cuts the rest.
        line.show("… \((ContinuousClock.now - begin).components.seconds) s: \(what)")
        next += period
      }
    }
    defer { line.wipe() }
    do {
      let result = try await body()
      ticker.cancel()
      await ticker.value
      return result
    } catch {
      ticker.cancel()
      await ticker.value
      throw error
    }
  }
}
