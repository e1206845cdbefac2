import FoundationEssentials
import Glibc

/// A program to run, found by name where the distribution keeps it, with its arguments. Programs run in a session of
/// their own: Ctrl-C reaches the lab, and the lab ends them in order.
struct Program {
  var path: String
  var arguments: [String]
  var input: [UInt8] = []

  init(path: String, _ arguments: [String], input: String = "") {
    self.path = path
    self.arguments = arguments
    self.input = Array(input.utf8)
  }

  init(_ name: String, _ arguments: [String], input: String = "") throws {
    guard let path = Tool.path(of: name) else { throw Tool.missing([name]) }
    self.init(path: path, arguments, input: input)
  }

  /// The same program, in a network namespace. Not `ip netns exec`: that mounts a /sys of its own, in which what the
  /// switch pinned cannot be seen.
  func inside(namespace: String) throws -> Program {
    var inner = try Program("nsenter", ["--net=/run/netns/\(namespace)", "--", path] + arguments)
    inner.input = input
    return inner
  }

  /// Runs it to its end and returns what it left, whatever its exit status.
  func run(within limit: Duration = .seconds(30)) throws -> ProgramResult {
    let out = try Pipe()
    let errors = try Pipe()
    let source = try input.isEmpty ? Descriptor.open("/dev/null", O_RDONLY) : Descriptor.holding(input)
    let pid = try spawn(input: source.raw, output: out.writing.raw, errors: errors.writing.raw)
    return try collect(pid, out.keepReading(), errors.keepReading(), within: limit)
  }

  /// Runs it to its end; anything but exit status 0 is an error that says what it said.
  @discardableResult
  func succeed(within limit: Duration = .seconds(30)) throws -> ProgramResult {
    let result = try run(within: limit)
    guard result.succeeded else {
      let command = ([path] + arguments).joined(separator: " ")
      throw LabError.refused("\(command) failed:\n  \(result.complaint)")
    }
    return result
  }

  /// Starts it and returns at once; what it says goes to files, appended.
  func start(output: String, errors: String) throws -> ProcessIdentity {
    let out = try Descriptor.open(output, O_WRONLY | O_CREAT | O_APPEND)
    let err = try Descriptor.open(errors, O_WRONLY | O_CREAT | O_APPEND)
    let source = try input.isEmpty ? Descriptor.open("/dev/null", O_RDONLY) : Descriptor.holding(input)
    let pid = try spawn(input: source.raw, output: out.raw, errors: err.raw)
    // One that ended at once is told by what follows: nothing here depends on it being alive.
    return ProcessIdentity(pid: pid) ?? ProcessIdentity(pid: pid, startTime: 0)
  }

  private func collect(
    _ pid: pid_t, _ out: consuming Descriptor, _ errors: consuming Descriptor, within limit: Duration
  ) throws -> ProgramResult {
    let end = ContinuousClock.now + limit
    var result = ProgramResult(status: 0, output: [], errorOutput: [])
    var outOpen = true
    var errorsOpen = true
    do {
      while true {
        try Interrupt.check()
        Progress.shared.tick()
        var status: Int32 = 0
        let ended = waitpid(pid, &status, WNOHANG) == pid
        while outOpen, let bytes = out.readAvailable(), !bytes.isEmpty { result.output += bytes }
        while errorsOpen, let bytes = errors.readAvailable(), !bytes.isEmpty { result.errorOutput += bytes }
        if ended {
          result.status = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
          return result
        }
        if ContinuousClock.now >= end {
          throw LabError.refused(
            "\(([path] + arguments).joined(separator: " ")) did not end within \(limit)")
        }
        var polled = [
          pollfd(fd: outOpen ? out.raw : -1, events: Int16(POLLIN), revents: 0),
          pollfd(fd: errorsOpen ? errors.raw : -1, events: Int16(POLLIN), revents: 0),
        ]
        // With both streams at their end there is only the exit to wait for.
        poll(&polled, 2, outOpen || errorsOpen ? 50 : 1)
        if polled[0].revents & Int16(POLLHUP) != 0, polled[0].revents & Int16(POLLIN) == 0 { outOpen = false }
        if polled[1].revents & Int16(POLLHUP) != 0, polled[1].revents & Int16(POLLIN) == 0 {
          errorsOpen = false
        }
      }
    } catch {
      kill(-pid, SIGKILL)
      kill(pid, SIGKILL)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      throw error
    }
  }

  private func spawn(input: Int32, output: Int32, errors: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGCHLD] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let newSession = 0x80  // POSIX_SPAWN_SETSID, for GNU sources only
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Int16(newSession))

    var arguments: [UnsafeMutablePointer<CChar>?] = ([path] + self.arguments).map { strdup($0) }
    arguments.append(nil)
    var environment: [UnsafeMutablePointer<CChar>?] = Self.environment.map { strdup($0) }
    environment.append(nil)
    defer { for pointer in arguments + environment { free(pointer) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
    guard failure == 0 else { throw LabError.refused("cannot start \(path): \(errorText(failure))") }
    return pid
  }

  /// Little and the same for everyone: no proxies, no locale, no colours.
  private static let environment: [String] = {
    let kept = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("SWIFT_") }
    return ["PATH=\(Tool.searchPath.joined(separator: ":"))", "LC_ALL=C", "HOME=/", "NO_COLOR=1"]
      + kept.map { "\($0.key)=\($0.value)" }
  }()
}
