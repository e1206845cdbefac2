import FoundationEssentials
import ManagementFixtures
import SwitchModel
import SystemPackage
import Testing

@testable import FlowSwitch

@Suite("The command line")
struct CommandTests {
  static let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../etc/examples"
  )
  .standardized.path

  @Test(
    "A wrong command line is status 1, never 64",
    arguments: [
      ["bogus"], ["check"], ["check", "a", "b"], ["run"], ["run", "--config"], ["show", "portz"],
      ["show", "ports", "--color", "blue"], ["show", "stations", "--vlan", "x"],
      ["show", "flows", "--for", "2"],
      ["run", "--config", "x", "--log-level", "loud"], ["--bogus"], ["show", "events", "--limit", "0"],
      ["drain"], ["drain", "web"], ["drain", "web/"], ["enable", "a/b/c"], ["disable", "/s1"],
      ["explain", "10.0.0.1"], ["explain", "10.0.0.1", "10.0.0.2", "--vlan", "x"],
    ])
  func usage(_ arguments: [String]) async {
    let console = RecordingConsole()
    let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
    #expect(status == .usage)
    #expect(console.output.isEmpty)
    #expect(console.errors.contains("Usage: flowswitch"))
  }

  @Test(
    "Help and version are data",
    arguments: [["--help"], ["--version"], ["help", "show", "flows"], ["run", "-h"]])
  func help(_ arguments: [String]) async {
    let console = RecordingConsole()
    let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
    #expect(status == .done)
    #expect(console.errors.isEmpty)
    #expect(console.output.contains("flowswitch"))
    #expect(console.output.hasSuffix("\n"))
  }

  @Test("check says what it found in a fine file")
  func checkFine() async {
    let file = "\(CommandTests.examples)/several-clusters.yaml"
    let result = await flowswitch("check", file)
    #expect(result.status == 0)
    #expect(result.output == "\(file): switch dc1: 5 ports, 5 clusters, 11 members, 1 router pool\n")
    #expect(result.errors.isEmpty)
  }

  @Test("check and run tell every fault of a wrong file, with status 1")
  func wrongFile() async throws {
    try await withTemporaryDirectory { directory in
      let file = "\(directory)/bad.yaml"
      try Data("switch: {nam: fs1}\nports: [{name: e1, role: x}]\n".utf8).write(to: URL(filePath: file))
      let faults = """
        \(file):1:9: switch.name: missing; expected a name for the switch
        \(file):1:10: switch: unknown key 'nam', did you mean 'name'?; expected one of name, datapath, address, virtual-mac, station-ageing, settle-time, observe-time, hook
        \(file):2:26: ports[0].role: 'x'; expected one of router, server, device, peer, any

        """
      #expect(await flowswitch("check", file) == (1, "", faults))
      #expect(
        await flowswitch("run", "--config", file) == (
          1, "", faults + "flowswitch: \(file) is not fit to run\n"
        ))
      let json = await flowswitch("check", "--json", file)
      #expect(json.status == 1 && json.errors.isEmpty)
      let found = try JSONDecoder().decode([Diagnostic].self, from: Data(json.output.utf8))
      #expect(found.map(\.line) == [1, 1, 2])
      #expect(found.map(\.path) == ["switch.name", "switch", "ports[0].role"])
    }
  }

  @Test("A file that is not there")
  func noFile() async {
    let result = await flowswitch("check", "/nonexistent.yaml")
    #expect(result.status == 1)
    #expect(
      result.errors
        == "/nonexistent.yaml: cannot be read: No such file or directory; expected a file that can be read\n")
  }

  @Test("No daemon is status 3, a refusal status 2")
  func daemon() async throws {
    let none = await flowswitch("show", "ports", "--socket", "/nonexistent/fs1.sock")
    #expect(none.status == 3)
    #expect(
      none.errors == "flowswitch: no daemon answers on /nonexistent/fs1.sock: there is no such socket\n")
    try await withServer { path in
      let refused = await flowswitch("show", "members", "--cluster", "nope", "--socket", path)
      #expect(refused == (2, "", "flowswitch: there is no cluster 'nope'\n"))
      let busy = await flowswitch("show", "flows", "--for", "333ms", "--socket", path)
      #expect(busy == (2, "", "flowswitch: another command watches\n"))
    }
  }

  @Test(
    "Every show, as a table and as JSON",
    arguments: [
      "ports", "clusters", "members", "buckets", "flows", "stations", "arp", "drops", "routers", "probes",
      "events", "version",
    ])
  func show(_ what: String) async throws {
    try await withServer { path in
      let table = await flowswitch("show", what, "--socket", path)
      #expect(table.status == 0 && table.errors.isEmpty)
      #expect(table.output.split(separator: "\n").count > 1)
      #expect(!table.output.contains("\u{1b}"))
      let json = await flowswitch("show", what, "-j", "--socket", path)
      #expect(json.status == 0 && json.errors.isEmpty)
      #expect(json.output.hasPrefix(what == "version" ? "{" : "[") && json.output.hasSuffix("\n"))
    }
  }

  @Test("Filters reach the daemon")
  func filters() async throws {
    try await withServer { path in
      let buckets = await flowswitch("show", "buckets", "--cluster", "db", "--socket", path)
      #expect(
        buckets.output
          == "CLUSTER  BUCKET  MEMBER  PREVIOUS  STATE   PACKETS\ndb            0  s1      -         steady        0\n"
      )
      let stations = await flowswitch("show", "stations", "--vlan", "20", "--port", "sw-s1", "--socket", path)
      #expect(stations.output.split(separator: "\n").count == 2)
      let events = await flowswitch("show", "events", "--limit", "1", "--json", "--socket", path)
      #expect(events.output.hasPrefix(#"[{"buckets_moved":0,"cause":"http: ok""#))
      let probes = await flowswitch("show", "probes", "--pool", "up", "--socket", path)
      #expect(probes.output.split(separator: "\n").count == 2)
      let routers = await flowswitch("show", "routers", "--pool", "nope", "--socket", path)
      #expect(routers == (2, "", "flowswitch: there is no router pool 'nope'\n"))
    }
  }

  @Test("Colours: on a terminal, unless NO_COLOR says no; the option has the last word")
  func colours() async throws {
    try await withServer { path in
      func isColoured(_ option: String, terminal: Bool, variables: [String: String] = [:]) async -> Bool {
        let console = RecordingConsole(isTerminal: terminal, variables: variables)
        return await flowswitch("show", "ports", "--color", option, "--socket", path, on: console).output
          .contains("\u{1b}[")
      }
      #expect(await isColoured("auto", terminal: true))
      #expect(await !isColoured("auto", terminal: false))
      #expect(await !isColoured("auto", terminal: true, variables: ["NO_COLOR": "1"]))
      #expect(await isColoured("auto", terminal: true, variables: ["NO_COLOR": ""]))
      #expect(await isColoured("always", terminal: false, variables: ["NO_COLOR": "1"]))
      #expect(await !isColoured("never", terminal: true))
    }
  }

  @Test("A reader that goes away ends a command quietly, a full disk does not")
  func output() async throws {
    let file = "\(CommandTests.examples)/minimal.yaml"
    let gone = await flowswitch("check", file, on: RecordingConsole(failure: .readerGone))
    #expect(gone == (0, "", ""))
    let full = await flowswitch("check", file, on: RecordingConsole(failure: .failed(.noSpace)))
    #expect(full.status == 2)
    #expect(full.errors == "flowswitch: standard output: No space left on device\n")
  }
}
