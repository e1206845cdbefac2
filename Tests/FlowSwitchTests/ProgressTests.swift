import ManagementFixtures
import SwitchModel
import Testing

@testable import FlowSwitch

@Suite("Progress on a terminal")
struct ProgressTests {
  private struct Failure: Error {}

  private func wait(
    _ console: RecordingConsole, patience: Duration, fails: Bool = false, until: String? = nil
  ) async throws {
    try await Console.$current.withValue(console) {
      try await TerminalLine.during("the switch does it", patience: patience, period: .milliseconds(20)) {
        for _ in 0..<2000 where until.map(console.progress.contains) == false {
          try await Task.sleep(for: .milliseconds(5))
        }
        if fails { throw Failure() }
      }
    }
  }

  @Test(
    "What takes long is told, over and over on one line, which is wiped at the end", arguments: [false, true])
  func long(_ fails: Bool) async throws {
    let console = RecordingConsole(errorWidth: 80)
    do {
      try await wait(console, patience: .zero, fails: fails, until: " s: the switch does it\r")
      #expect(!fails)
    } catch is Failure {
      #expect(fails)
    }
    #expect(console.progress.hasPrefix("\r\u{1b}[K… "))
    #expect(console.progress.hasSuffix(" s: the switch does it\r\u{1b}[K"))
    #expect(console.output.isEmpty && console.errors.isEmpty)
  }

  @Test("Nothing of what is quick, and nothing where nobody looks")
  func quiet() async throws {
    let quick = RecordingConsole(errorWidth: 80)
    try await wait(quick, patience: .seconds(3600))
    #expect(quick.progress.isEmpty)
    let piped = RecordingConsole(isTerminal: true)
    try await wait(piped, patience: .zero)
    Console.$current.withValue(piped) { TerminalLine().show("x") }
    #expect(piped.progress.isEmpty)
  }

  @Test("A terminal that is narrow is not scrolled, and names do not steer it", arguments: [1, 2, 5, 80])
  func narrow(_ width: Int) {
    let console = RecordingConsole(errorWidth: width)
    let line = TerminalLine(console)
    line.show("a\u{1b}[2Jb\nc")
    #expect(console.progress == "\r\u{1b}[K" + "a?[2Jb?c".prefix(width - 1))
    line.wipe()
    line.wipe()
    #expect(console.progress.hasSuffix("\r\u{1b}[K") && console.progress.count { $0 == "\r" } == 2)
  }

  @Test("X5 drain --wait on a terminal: one line, with the time; the drain stays when it is interrupted")
  func drain() async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { path in
      let console = RecordingConsole(isTerminal: true, errorWidth: 80)
      let actor = Task {
        while !console.progress.contains("bucket") { try await Task.sleep(for: .milliseconds(5)) }
        console.interrupt()
      }
      defer { actor.cancel() }
      let result = await flowswitch("drain", "--wait", "web/s2", "--socket", path, on: console)
      #expect(result == (130, "", "flowswitch: web/s2 is not empty yet and goes on draining\n"))
      #expect(console.progress.hasPrefix("\r\u{1b}[Kweb/s2: 1 bucket, 1 packets/s, "))
      #expect(console.progress.hasSuffix("\r\u{1b}[K"))
      #expect(fake.log.adminState(of: "web/s2") == .draining)
    }
  }
}
