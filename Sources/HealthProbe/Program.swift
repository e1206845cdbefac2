import CHealthProbe
import Glibc
import SwitchModel

/// A program to run once, in a process group of its own that does not outlive it.
struct Program: Sendable {
  /// The program, looked for in PATH unless it has a slash, and its arguments.
  var command: [String]
  /// `NAME=value`.
  var environment: [String]
  var timeout: Duration

  /// How much of the output is kept, in bytes.
  static let outputLimit = 1024
  /// How often it is looked whether to give up, in milliseconds.
  private static let glance: Int32 = 20

  /// Blocks until it has ended. Nil: given up.
  func run(_ isCancelled: () -> Bool) -> ProbeOutcome? {
    var process: pid_t = 0
    var reading: Int32 = -1
    let code = spawn(&process, &reading)
    guard code == 0 else { return .failure("cannot run \(command[0]): \(FailureText.of(errno: code))") }
    defer { close(reading) }

    let deadline = ContinuousClock.now + timeout
    var output: [UInt8] = []
    var isOpen = true
    var isOver = false
    while true {
      // Once it has ended, what it left in the pipe is read; whoever else holds the pipe is not waited for.
      isOver = Self.hasEnded(process)
      isOpen = isOpen && Self.read(reading, into: &output)
      if isOver || isCancelled() || ContinuousClock.now >= deadline { break }
      var watched = pollfd(fd: isOpen ? reading : -1, events: Int16(POLLIN), revents: 0)
      let left = (deadline - ContinuousClock.now).nanosecondCount / 1_000_000 + 1
      poll(&watched, 1, min(isOpen ? Self.glance : 2, Int32(clamping: max(left, 1))))
    }
    // The leader is not reaped yet, so its number still means this group: nothing else can be hit.
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    if !isOver {
      return isCancelled() ? nil : .failure(Self.text("no result within \(timeout.text)", output))
    }
    return Self.outcome(status, output)
  }

  private static func outcome(_ status: Int32, _ output: [UInt8]) -> ProbeOutcome {
    let signal = status & 0x7f
    if signal != 0 { return .failure(text("ended by signal \(signal)", output)) }
    let code = status >> 8 & 0xff
    return code == 0 ? .success : .failure(text("exit status \(code)", output))
  }

  private static func text(_ what: String, _ output: [UInt8]) -> String {
    let line = String(decoding: output.map { $0 < 32 || $0 == 127 ? 32 : $0 }, as: UTF8.self)
      .split(separator: " ").joined(separator: " ")
    return line.isEmpty ? what : "\(what): \(line)"
  }

  /// Without reaping it.
  private static func hasEnded(_ process: pid_t) -> Bool {
    var information = siginfo_t()
    guard waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else {
      return errno != EINTR
    }
    // Untouched, and so 0, while it runs.
    return information.si_signo != 0
  }

  /// What there is; false at the end.
  private static func read(_ descriptor: Int32, into output: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    // Bounded, so that a program that does nothing but write is still stopped in time.
    for _ in 0..<64 {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return false }
      if count < 0 { return errno == EAGAIN || errno == EINTR }
      output += buffer.prefix(min(count, outputLimit - output.count))
    }
    return true
  }

  private func spawn(_ process: inout pid_t, _ output: inout Int32) -> Int32 {
    let words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    return fs_spawn(words, variables, &process, &output)
  }
}
