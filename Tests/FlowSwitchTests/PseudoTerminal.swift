import FoundationEssentials
import Glibc
import TerminalFixture
import Testing

/// A terminal with a process in it: what it shows is looked at, keys are pressed, its size is changed.
final class PseudoTerminal {
  /// How a process ended.
  enum Ending: Hashable {
    case status(Int32)
    case signal(Int32)
  }

  private let master: Int32
  private let slave: Int32
  private let name: String
  private var pid: pid_t = 0
  private(set) var terminal: FixtureTerminal
  private let before: [UInt32]

  init(columns: Int, rows: Int) throws {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    try #require(openpty(&master, &slave, &name, nil, nil) == 0)
    self.name = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    self.master = master
    self.slave = slave
    terminal = FixtureTerminal(columns: columns, rows: rows)
    before = PseudoTerminal.attributes(slave)
    resize(columns: columns, rows: rows)
  }

  deinit {
    if pid != 0 {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    close(slave)
    close(master)
  }

  /// The terminal's attributes and modes are those of the beginning.
  var isRestored: Bool {
    PseudoTerminal.attributes(slave) == before && terminal.modes == [7, 25]
  }

  /// Starts the command as a session of its own on this terminal, which is blank.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws {
    terminal = FixtureTerminal(columns: terminal.columns, rows: terminal.rows)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that the leader of a session opens becomes its own.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, 0x80)  // POSIX_SPAWN_SETSID
    let path = try PseudoTerminal.executable()
    let variables = ["TERM": "xterm", "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
      .merging(environment) { $1 }
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    let envp = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    try #require(posix_spawn(&pid, path, &actions, &attributes, argv, envp) == 0)
  }

  /// Takes what comes until the terminal is as wanted, and drawn for the size that it has. Never ends by itself on a machine that is merely slow.
  func wait(
    _ what: Comment, location: SourceLocation = #_sourceLocation, until isDone: (FixtureTerminal) -> Bool
  ) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while terminal.isStale || !isDone(terminal) {
      take()
      guard ContinuousClock.now < end else {
        Issue.record("\(what): \(terminal.lines)", sourceLocation: location)
        throw CancellationError()
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  func press(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = write(master, bytes, bytes.count)
  }

  func send(_ number: Int32) { kill(pid, number) }

  func resize(columns: Int, rows: Int) {
    take()
    terminal.resize(columns: columns, rows: rows)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
  }

  /// How the process ended; all that it has written is on the terminal then.
  func ending() async throws -> Ending {
    var status: Int32 = 0
    let end = ContinuousClock.now + .seconds(60)
    while waitpid(pid, &status, WNOHANG) == 0 {
      take()
      try #require(ContinuousClock.now < end, "it does not end: \(terminal.lines)")
      try await Task.sleep(for: .milliseconds(5))
    }
    pid = 0
    take()
    return status & 0x7f == 0 ? .status((status >> 8) & 0xff) : .signal(status & 0x7f)
  }

  private func take() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { return }
      terminal.take(buffer[..<count])
    }
  }

  private static func attributes(_ descriptor: Int32) -> [UInt32] {
    var value = termios()
    _ = tcgetattr(descriptor, &value)
    return withUnsafeBytes(of: &value.c_cc) { bytes in
      [value.c_iflag, value.c_oflag, value.c_cflag, value.c_lflag] + bytes.map { UInt32($0) }
    }
  }

  /// The `flowswitch` that was built with these tests: beside the test bundle, unless FLOWSWITCH_BINARY names another.
  private static func executable() throws -> String {
    if let named = ProcessInfo.processInfo.environment["FLOWSWITCH_BINARY"] { return named }
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "flowswitch").path
    try #require(
      FileManager.default.isExecutableFile(atPath: beside), "no flowswitch at \(beside): swift build first")
    return beside
  }
}
