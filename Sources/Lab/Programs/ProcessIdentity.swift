import Glibc

/// A process, told from a later one that got the same number by the time it began.
package struct ProcessIdentity: Codable, Hashable, Sendable {
  package var pid: Int32
  /// Field 22 of /proc/PID/stat: clock ticks since the machine started.
  package var startTime: UInt64

  package init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }

  /// Nil: there is no such process, or it is a zombie.
  package init?(pid: Int32) {
    guard let text = TextFile.read("/proc/\(pid)/stat"), let close = text.lastIndex(of: ")") else {
      return nil
    }
    // After the name, which may hold anything: state is field 3.
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let start = UInt64(fields[19]) else {
      return nil
    }
    self.init(pid: pid, startTime: start)
  }

  package static var current: ProcessIdentity? { ProcessIdentity(pid: getpid()) }

  /// It is still this process, and it lives.
  package var isAlive: Bool {
    // A child that has ended stays a zombie until someone asks.
    var status: Int32 = 0
    waitpid(pid, &status, WNOHANG)
    return ProcessIdentity(pid: pid) == self
  }

  package func signal(_ number: Int32) {
    if isAlive { kill(pid, number) }
  }

  /// SIGTERM, and SIGKILL for those that are still there after `grace`.
  static func end(_ processes: [ProcessIdentity], grace: Duration = .seconds(3)) throws {
    for process in processes { process.signal(SIGTERM) }
    if try Waiting.until(within: grace, { !processes.contains(where: \.isAlive) }) { return }
    for process in processes { process.signal(SIGKILL) }
    _ = try Waiting.until(within: grace) { !processes.contains(where: \.isAlive) }
  }
}
