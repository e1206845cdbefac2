import CommandReference
import Foundation
import Testing

@Suite("Manual pages from the definitions of commands")
struct ManualPagesTests {
  static let extras = ManualExtras(
    common: [.init(title: "EXIT STATUS", items: [("0", "done; `toy` is content"), ("-1", ".never")])],
    byCommand: [
      "toy play": [
        .init(title: "FILES", text: "'quoted first\n\n.second", items: [("/etc/toy.yaml", "the toy's")])
      ]
    ], seeAlso: ["toy": ["ip(8)", "https://example.net/"]])

  static func pages() throws -> ManualPages {
    try ManualPages(of: ToyCommand.self, version: "toy 1.0", date: "2026-01-02", extras: extras)
  }

  /// The lines of one section.
  static func section(_ title: String, of text: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(of: ".SH \(title)") else { return [] }
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix(".SH ") })
  }

  @Test("A page for every command that help shows")
  func names() throws {
    #expect(
      try ManualPagesTests.pages().pages.map(\.fileName) == [
        "toy.1", "toy-play.1", "toy-box.1", "toy-box-open.1",
      ])
    #expect(try ManualPagesTests.pages().page(of: ["box", "open"])?.command == "toy box open")
    #expect(try ManualPagesTests.pages().page(of: ["hidden"]) == nil)
  }

  @Test("Every section says what the definition says")
  func sections() throws {
    let pages = try ManualPagesTests.pages()
    let play = try #require(pages.page(of: ["play"])).text
    #expect(play.contains(".TH TOY\\-PLAY 1 2026-01-02 \"toy 1.0\" \"User Commands\"\n"))
    #expect(ManualPagesTests.section("NAME", of: play) == ["toy\\-play \\- Plays"])
    #expect(
      ManualPagesTests.section("SYNOPSIS", of: play) == [
        "\\fBtoy play\\fR \\fIwhat\\fR [\\fImore\\fR ...] [\\fB\\-\\-times\\fR \\fIcount\\fR] "
          + "[\\fB\\-\\-colour\\fR \\fIcolour\\fR] [\\fB\\-\\-note\\fR \\fInote\\fR ...] [\\fB\\-\\-loud\\fR] "
          + "[\\fB\\-\\-mute\\fR] [\\fB\\-\\-version\\fR]"
      ])
    #expect(
      ManualPagesTests.section("DESCRIPTION", of: play) == [
        "Plays.", ".PP", "Line one:", ".br", "FILE:LINE: line two", ".PP", ".in +4n", ".nf", "literal .block",
        "second", ".fi", ".in", ".PP", "then text",
      ])
    #expect(
      ManualPagesTests.section("ARGUMENTS", of: play) == [
        ".TP", "\\fIwhat\\fR", "\\&.what to play", ".TP", "\\fImore\\fR", "More.",
      ])
    let options = ManualPagesTests.section("OPTIONS", of: play)
    #expect(
      options.starts(with: [
        ".TP", "\\fB\\-t\\fR, \\fB\\-\\-times\\fR \\fIcount\\fR", "How often. (default: 3)", ".TP",
        "\\fB\\-\\-colour\\fR \\fIcolour\\fR",
        "In what colour. One of \\fBred\\fR, \\fBgreen\\fR. (default: red)",
        ".TP", "\\fB\\-\\-note\\fR \\fInote\\fR", "Noted.", ".IP", "With a second paragraph.", ".TP",
        "\\fB\\-l\\fR, \\fB\\-\\-loud\\fR", "Loudly.", ".TP", "\\fB\\-\\-mute\\fR", "\\&",
      ]))
    #expect(!play.contains("secret"))
    #expect(
      ManualPagesTests.section("FILES", of: play) == [
        "\\(aqquoted first", ".PP", "\\&.second", ".TP", "\\fB/etc/toy.yaml\\fR", "the toy\\(aqs",
      ])
    #expect(ManualPagesTests.section("SEE ALSO", of: play) == ["\\fBtoy\\fR(1)"])
  }

  @Test("The root: commands, examples apart from the description, pages of others")
  func root() throws {
    let text = try #require(try ManualPagesTests.pages().pages.first).text
    #expect(
      ManualPagesTests.section("COMMANDS", of: text) == [
        ".TP", "\\fBtoy\\-play\\fR(1)", "Plays.", ".TP", "\\fBtoy\\-box\\fR(1)", "The box.",
      ])
    #expect(
      ManualPagesTests.section("EXAMPLES", of: text) == [
        ".in +4n", ".nf", "toy play \\-\\-loud \\(aqa b\\(aq \\en", "\\&.so /etc/passwd", ".fi", ".in",
      ])
    #expect(ManualPagesTests.section("DESCRIPTION", of: text).last == "After the examples.")
    #expect(
      ManualPagesTests.section("SEE ALSO", of: text) == [
        "\\fBtoy\\-play\\fR(1),", "\\fBtoy\\-box\\fR(1),", "\\fBip\\fR(8),", "https://example.net/",
      ])
    #expect(
      ManualPagesTests.section("EXIT STATUS", of: text) == [
        ".TP", "\\fB0\\fR", "done; \\fBtoy\\fR is content", ".TP", "\\fB\\-1\\fR", "\\&.never",
      ])
  }

  @Test("No line of a help text becomes a request, nor part of it an escape")
  func noRequests() throws {
    let known: Set<String> = [
      ".TH", ".SH", ".PP", ".TP", ".IP", ".br", ".nf", ".fi", ".in", ".\\\"",
    ]
    for page in try ManualPagesTests.pages().pages {
      for line in page.text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(known.contains(String(line.prefix { $0 != " " })), "\(line)")
      }
      #expect(page.text.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) })
    }
    #expect(try ManualPagesTests.pages().pages[0].text.contains("A backslash \\efB stays"))
  }

  static let mandoc = "/usr/bin/mandoc"
  static let groff = "/usr/bin/groff"

  @Test(
    "mandoc has nothing to say about them",
    .enabled(if: FileManager.default.isExecutableFile(atPath: mandoc), "mandoc is not installed"))
  func lint() throws {
    for page in try ManualPagesTests.pages().pages {
      // The style of a text in ASCII's quotes and the like is no fault.
      let (status, output) = try run(
        ManualPagesTests.mandoc, ["-T", "lint", "-W", "warning"], input: page.text)
      #expect(status == 0 && output.isEmpty, "\(page.fileName): \(output)")
    }
  }

  @Test(
    "groff warns of nothing, and shows the texts as they were written",
    .enabled(if: FileManager.default.isExecutableFile(atPath: groff), "groff is not installed"))
  func warnings() throws {
    for page in try ManualPagesTests.pages().pages {
      let (status, output) = try run(
        ManualPagesTests.groff, ["-man", "-ww", "-Tutf8", "-P-cbou"], input: page.text)
      #expect(status == 0 && !output.contains("warning") && !output.contains("error"), "\(output)")
      guard page.command == "toy" else { continue }
      #expect(output.contains(#"toy play --loud 'a b' \n"#), "\(output)")
      #expect(output.contains(".so /etc/passwd") && output.contains(#"A backslash \fB stays"#), "\(output)")
      #expect(output.contains("text… with ^ and"), "\(output)")
    }
  }

  @Test("Completion scripts name the commands", arguments: CompletionShellName.allCases)
  func completion(_ shell: CompletionShellName) {
    let script = CompletionScripts.script(of: ToyCommand.self, for: shell)
    for word in ["play", "box", "open", "--colour", "--loud"] {
      #expect(script.contains(shell == .fish ? word.replacing("--", with: "") : word))
    }
  }

  @Test(
    "bash takes its completion script",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "bash is not installed"))
  func bash() throws {
    let script = CompletionScripts.script(of: ToyCommand.self, for: .bash)
    let (status, output) = try run("/bin/bash", ["-n"], input: script)
    #expect(status == 0 && output.isEmpty, "\(output)")
  }

  /// The exit status, and what a program printed to both outputs.
  private func run(_ path: String, _ arguments: [String], input: String) throws -> (Int32, String) {
    let folder = FileManager.default.temporaryDirectory
      .appending(
        path:
          "flowswitch-reference-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max))"
      )
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "input")
    try Data(input.utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments + [file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
