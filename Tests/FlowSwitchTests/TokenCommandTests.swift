import Testing

@testable import FlowSwitch

@Suite("flowswitch token")
struct TokenCommandTests {
  @Test("The token is data, its line is not, and has not the token in it")
  func new() async throws {
    let first = await flowswitch("token", "new", "--name", "grafana.1", "--role", "read")
    #expect(first.status == 0)
    let token = first.output.dropLast()
    #expect(first.output.hasSuffix("\n") && token.wholeMatch(of: #/[A-Za-z0-9_-]{43}/#) != nil)
    #expect(first.errors.wholeMatch(of: #/grafana\.1 read [0-9a-f]{64}\n/#) != nil)
    #expect(!first.errors.contains(token))
    let second = await flowswitch("token", "new", "--name", "grafana.1", "--role", "read")
    #expect(second.output != first.output && second.errors != first.errors)
  }

  @Test("Both as JSON")
  func json() async {
    let made = await flowswitch("token", "new", "--name", "x", "--role", "configure", "-j")
    #expect(made.status == 0 && made.errors.isEmpty)
    #expect(
      made.output.wholeMatch(of: #/\{"line":"x configure [0-9a-f]{64}","token":"[A-Za-z0-9_-]{43}"\}\n/#)
        != nil)
  }

  @Test(
    "Wrong usage is status 1, and no token is made",
    arguments: [
      ["token", "new"], ["token", "new", "--name", "x"], ["token", "new", "--name", "x", "--role", "root"],
      ["token", "new", "--name", "a b", "--role", "read"], ["token", "new", "--name", "", "--role", "read"],
    ])
  func usage(_ arguments: [String]) async {
    let console = RecordingConsole()
    let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
    #expect(status == .usage && console.output.isEmpty)
  }
}
