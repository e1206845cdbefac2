import ManagementFixtures
import SwitchModel
import Testing

@testable import FlowSwitch

/// `flowswitch top` where there is no terminal.
@Suite("top as text")
struct TopCommandTests {
  @Test(
    "A wrong command line is status 1",
    arguments: [
      ["--view", "x"], ["--sort", "x"], ["--view", "ports", "--sort", "leaving"], ["--interval", "1"],
      ["--interval", "99ms"], ["--interval", "2h"], ["--iterations", "0"], ["--once", "--iterations", "2"],
      ["--reverse"], ["--color", "x"],
    ])
  func usage(_ arguments: [String]) async {
    let result = await flowswitch(["top"] + arguments)
    #expect(result.status == 1 && result.output.isEmpty && result.errors.contains("Usage: flowswitch top"))
  }

  @Test("Once: all views, as plain text")
  func once() async throws {
    try await withServer { path in
      let result = await flowswitch("top", "--once", "--interval", "100ms", "--socket", path)
      #expect(result.status == 0 && result.errors.isEmpty)
      for heading in ["PORT ", "CLUSTER ", "MEMBER ", "ROUTER ", "REASON "] {
        #expect(result.output.contains("\n  \(heading)"))
      }
      #expect(result.output.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a })
    }
  }

  @Test("One view, sorted and filtered, several times")
  func iterations() async throws {
    try await withServer { path in
      let arguments = [
        "top", "--iterations", "3", "--interval", "100ms", "--view", "members", "--sort", "name", "--reverse",
        "--filter", "web", "--socket", path,
      ]
      let result = await flowswitch(arguments)
      #expect(result.status == 0)
      let rows = result.output.split(separator: "\n").filter { $0.contains("web/") }
      #expect(
        rows.map { $0.prefix(8) } == ["! web/s2", "+ web/s1", "! web/s2", "+ web/s1", "! web/s2", "+ web/s1"])
      #expect(!result.output.contains("PORT  LINK"))
    }
  }

  @Test("Without a number of times: until interrupted; a reader that goes ends it quietly")
  func endless() async throws {
    try await withServer { path in
      let console = RecordingConsole()
      let run = Task { await flowswitch(["top", "--interval", "100ms", "--socket", path], on: console) }
      while !console.output.contains("CLUSTER") { try await Task.sleep(for: .milliseconds(5)) }
      console.interrupt()
      let result = await run.value
      #expect(result.status == 0 && result.errors.isEmpty)
      let gone = await flowswitch(
        ["top", "--interval", "100ms", "--socket", path], on: RecordingConsole(failure: .readerGone))
      #expect(gone == (0, "", ""))
    }
  }

  @Test("No daemon is status 3, before anything is shown")
  func noDaemon() async {
    let result = await flowswitch("top", "--socket", "/nonexistent/fs1.sock")
    #expect(result.status == 3 && result.output.isEmpty)
    #expect(result.errors.contains("there is no such socket"))
  }

  @Test("Colours only where they are asked for")
  func colours() async throws {
    try await withServer { path in
      let arguments = ["top", "--once", "--interval", "100ms", "--socket", path]
      #expect(await !flowswitch(arguments).output.contains("\u{1b}"))
      #expect(await flowswitch(arguments + ["--color", "always"]).output.contains("\u{1b}[0;31m"))
    }
  }
}
