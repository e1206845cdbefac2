import FoundationEssentials
import Glibc
import ManagementFixtures
import SwitchModel
import TerminalFixture
import Testing

/// `flowswitch top` as a process in a terminal. One after the other: each is a process of its own that starts anew.
@Suite("top in a terminal", .serialized)
struct TopTerminalTests {
  private static func hasPicture(_ terminal: FixtureTerminal) -> Bool {
    terminal.lines.contains { $0.contains("CLUSTER") } && terminal.lines.contains { $0.hasPrefix("! web") }
  }

  /// Starts it and waits for its picture. The server is in this process, and may have to wait for other tests for
  /// longer than `top` does: then it is started again.
  private static func start(
    _ top: PseudoTerminal, _ arguments: [String], environment: [String: String] = [:]
  ) async throws {
    for _ in 0..<6 {
      try top.start(["top"] + arguments, environment: environment)
      try await top.wait("a picture") { hasPicture($0) || $0.lines[0].hasPrefix("flowswitch: no daemon") }
      if hasPicture(top.terminal) { return }
      let ended = try await top.ending()
      #expect(ended == .status(3))
    }
    try #require(hasPicture(top.terminal))
  }

  /// Starts it, waits for its picture, and lets `body` go on.
  private static func withTop(
    _ arguments: [String] = [], columns: Int = 80, rows: Int = 24, environment: [String: String] = [:],
    _ body: @escaping @Sendable (PseudoTerminal) async throws -> Void
  ) async throws {
    try await withServer { path in
      let terminal = try PseudoTerminal(columns: columns, rows: rows)
      try await start(terminal, ["--socket", path] + arguments, environment: environment)
      #expect(terminal.terminal.modes == [1049])
      try await body(terminal)
      #expect(terminal.terminal.faults == [])
    }
  }

  @Test("Keys switch views, sizes are followed down to one cell, and the end leaves no trace")
  func session() async throws {
    try await Self.withTop { top in
      #expect(!top.isRestored)
      for (key, heading) in [
        ("p", "PORT "), ("m", "MEMBER"), ("r", "ROUTER"), ("d", "REASON"), ("e", "EVENT"), ("c", "CLUSTER"),
        ("\t", "MEMBER"), ("\u{1b}[Z", "CLUSTER"),
      ] {
        top.press(key)
        try await top.wait("the view behind \(key)") { $0.lines[3].contains(heading) }
      }
      top.press("/db")
      try await top.wait("a filter") { $0.lines[23] == "/db" && $0.lines[5].isEmpty }
      top.press("\u{1b}")
      try await top.wait("the key Escape") { $0.lines[23].hasPrefix("? help") && Self.hasPicture($0) }
      top.press("?")
      try await top.wait("help") { $0.lines.contains { $0.hasPrefix("Ctrl-L") } }
      top.press("x")
      for (columns, rows) in [(40, 10), (200, 50), (7, 3), (2, 2), (1, 1), (80, 24)] {
        top.resize(columns: columns, rows: rows)
        try await top.wait("\(columns) by \(rows)") {
          columns < 40 ? $0.lines[0].hasPrefix("✗") || $0.lines[0].hasPrefix("!") : Self.hasPicture($0)
        }
      }
      top.press("q")
      let ended = try await top.ending()
      #expect(ended == .status(0))
      #expect(top.isRestored && top.terminal.entries == 1)
      // The other screen took everything with it.
      #expect(top.terminal.lines.joined().isEmpty)
    }
  }

  @Test(
    "Whatever ends it, the terminal is as before",
    arguments: [
      ("q", nil, .status(0)), ("\u{3}", nil, .status(0)), ("\u{1c}", nil, .signal(SIGQUIT)),
      ("", SIGINT, .status(0)), ("", SIGTERM, .signal(SIGTERM)), ("", SIGHUP, .signal(SIGHUP)),
      ("", SIGSEGV, .signal(SIGSEGV)),
      // In the middle of a question, and of a key.
      ("/web\u{3}", nil, .status(0)), ("\u{1b}[\u{3}", nil, .status(0)),
    ] as [(String, Int32?, PseudoTerminal.Ending)])
  func endings(_ keys: String, _ signal: Int32?, _ ending: PseudoTerminal.Ending) async throws {
    try await Self.withTop { top in
      if let signal { top.send(signal) } else { top.press(keys) }
      let ended = try await top.ending()
      #expect(ended == ending)
      #expect(top.isRestored)
    }
  }

  @Test("Ctrl-Z gives the terminal back, and what goes on draws anew")
  func suspended() async throws {
    try await Self.withTop { top in
      // Nobody could wake the leader of a session: the kernel does not stop it.
      top.press("\u{1a}")
      try await top.wait("the other screen again") { $0.entries == 2 && Self.hasPicture($0) }
      // SIGSTOP tells nobody; the shell has drawn over the picture.
      top.send(SIGSTOP)
      top.resize(columns: 79, rows: 24)
      top.send(SIGCONT)
      try await top.wait("a picture after SIGCONT", until: Self.hasPicture)
      #expect(top.terminal.entries == 2)
      top.press("q")
      let ended = try await top.ending()
      #expect(ended == .status(0))
      #expect(top.isRestored)
    }
  }

  @Test("A daemon that goes is told, its last picture stays greyed; the next one is shown")
  func reconnect() async throws {
    try await withTemporaryDirectory { directory in
      let link = "\(directory)/top.sock"
      let box = TerminalBox(try PseudoTerminal(columns: 80, rows: 24))
      try await withServer { path in
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try await Self.start(box.terminal, ["--socket", link, "--interval", "200ms"])
      }
      try await box.terminal.wait("a word about it") {
        $0.lines[0].hasPrefix("✗ no answer for ") && $0.lines[4].hasPrefix("! web")
          && $0[2, 4].codes.contains(2)
      }
      try await withServer { path in
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try await box.terminal.wait("the next daemon") {
          $0.lines[0].hasPrefix("fs1") && !$0[2, 4].codes.contains(2)
        }
      }
      box.terminal.press("q")
      let ended = try await box.terminal.ending()
      #expect(ended == .status(0))
      #expect(box.terminal.isRestored)
    }
  }

  @Test("NO_COLOR and --color; ASCII by locale")
  func looks() async throws {
    let cases: [(arguments: [String], environment: [String: String], isColoured: Bool)] = [
      ([], [:], true), ([], ["NO_COLOR": "1"], false), (["--color", "always"], ["NO_COLOR": "1"], true),
      (["--color", "never"], [:], false),
    ]
    for (arguments, environment, isColoured) in cases {
      try await Self.withTop(arguments, environment: environment) { top in
        #expect(top.terminal.cells.contains { !$0.codes.allSatisfy { $0 < 30 } } == isColoured)
      }
    }
    try await Self.withTop(environment: ["LC_ALL": "C"]) { top in
      #expect(top.terminal.lines.joined().utf8.allSatisfy { (0x20...0x7e).contains($0) })
    }
  }

  @Test("A terminal that cannot move its cursor gets plain text, until Ctrl-C")
  func dumb() async throws {
    try await withServer { path in
      let top = try PseudoTerminal(columns: 200, rows: 60)
      let arguments = ["--socket", path, "--color", "never", "--interval", "100ms"]
      try await Self.start(top, arguments, environment: ["TERM": "dumb"])
      top.press("\u{3}")
      let ended = try await top.ending()
      #expect(ended == .status(0))
      #expect(top.isRestored && top.terminal.entries == 0)
    }
  }
}

/// Carries a terminal into tasks that run one after the other.
private final class TerminalBox: @unchecked Sendable {
  let terminal: PseudoTerminal

  init(_ terminal: PseudoTerminal) { self.terminal = terminal }
}
