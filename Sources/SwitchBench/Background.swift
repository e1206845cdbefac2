import Glibc

/// A program that stays until it is ended.
final class Background {
  private var pid: pid_t
  private let log: String

  init(_ command: Command, log: String) throws {
    self.log = log
    pid = try command.start(output: log)
  }

  deinit { end() }

  var said: String { (try? readText(log)) ?? "" }

  var isRunning: Bool {
    guard pid > 0 else { return false }
    var status: Int32 = 0
    if waitpid(pid, &status, WNOHANG) == 0 { return true }
    pid = 0
    return false
  }

  func signal(_ number: Int32) {
    if isRunning { kill(pid, number) }
  }

  /// SIGTERM, and SIGKILL if that is not enough.
  func end() {
    guard isRunning else { return }
    kill(pid, SIGTERM)
    for _ in 0..<500 {
      if !isRunning { return }
      usleep(10_000)
    }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    pid = 0
  }

  /// Waits until `condition` holds.
  /// - Throws: the program has ended, or it took longer than `seconds`: with what it said last.
  func wait(_ what: String, seconds: Double = 20, until condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
      guard isRunning, ContinuousClock.now < end else {
        let last = said.split(whereSeparator: \.isNewline).suffix(3).joined(separator: "; ")
        throw BenchError("\(what): \(last.isEmpty ? "not in time" : last)")
      }
      try Interruption.pause(0.05)
    }
  }
}
