import Foundation
import ManagementFixtures
import SwitchModel
import Testing

@testable import FlowSwitch

@Suite("Commands of health", .timeLimit(.minutes(1)))
struct HealthCommandTests {
  @Test(
    "show events --follow: history first, then as they come; Ctrl-C is a good end", arguments: [false, true])
  func follow(_ json: Bool) async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { (path: String) async throws in
      let console = RecordingConsole()
      let writer = Task {
        while fake.log.followerCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        fake.log.add("primary", "db/s1", cause: "it is the first that is up")
        while !console.output.contains("primary") { try await Task.sleep(for: .milliseconds(5)) }
        console.interrupt()
      }
      defer { writer.cancel() }
      let arguments = ["show", "events", "--follow", "--limit", "1", "--socket", path] + (json ? ["-j"] : [])
      let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
      #expect(status == .done)
      #expect(console.errors.isEmpty)
      let lines = console.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(
        lines.last
          == (json
            ? #"{"buckets_moved":0,"cause":"it is the first that is up","effect":"","kind":"primary","number":4,"severity":"notice","subject":"db/s1","time":"2025-01-02T03:04:05.678Z"}"#
            : "2025-01-02T03:04:05.678Z  primary           db/s1                 it is the first that is up"))
      #expect(lines.first?.contains("member-up") == true)
    }
  }

  @Test(
    "H11 show events: only a kind, only a subject with what belongs to it",
    arguments: [
      (["--subject", "web"], 2), (["--subject", "web/s2"], 2), (["--subject", "we"], 0),
      (["--kind", "member-up"], 1), (["--kind", "member-up", "--kind", "member-down"], 2),
      (["--kind", "member-up", "--subject", "db"], 0), (["--subject", "web", "--limit", "1"], 1),
    ])
  func filters(arguments: [String], count: Int) async throws {
    try await withServer(FakeSwitch()) { (path: String) async throws in
      let json = await flowswitch(["show", "events", "-j", "--socket", path] + arguments)
      #expect(json.status == 0)
      #expect(try JSONDecoder().decode([EventRow].self, from: Data(json.output.utf8)).count == count)
      let table = await flowswitch(["show", "events", "--socket", path] + arguments)
      #expect(table.output.split(separator: "\n").count == count + 1)
    }
  }

  @Test("show events --follow: the daemon goes, status 3")
  func daemonGoes() async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { (path: String) async throws in
      let ender = Task {
        while fake.log.followerCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        fake.log.end()
      }
      defer { ender.cancel() }
      let result = await flowswitch("show", "events", "--follow", "--socket", path)
      #expect(result.status == 3)
      #expect(result.errors == "flowswitch: no daemon answers on \(path): the daemon has gone\n")
    }
  }

  @Test("X5 drain, enable, disable", arguments: ["web/s1", "up/r1"])
  func admin(_ member: String) async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { (path: String) async throws in
      let cases: [(String, AdminState)] = [
        ("drain", .draining), ("disable", .disabled), ("enable", .enabled),
      ]
      for (command, state) in cases {
        let result = await flowswitch(command, member, "--socket", path)
        #expect(result == (0, "\(member) is \(state.rawValue)\n", ""))
        #expect(fake.log.adminState(of: member) == state)
      }
      let wrong = await flowswitch("drain", "web/s9", "--wait", "--socket", path)
      #expect(wrong == (2, "", "flowswitch: there is no member or router web/s9\n"))
    }
    let gone = await flowswitch("enable", member, "--socket", "/nonexistent/x.sock")
    #expect(gone.status == 3)
  }

  /// What happens while a drain is waited for, and what the command says and ends with.
  enum Meanwhile: CaseIterable {
    case empty, interrupted, enabled
  }

  @Test(
    "X5 drain --wait: what is left, until it is empty or something else happens",
    arguments: Meanwhile.allCases)
  func drainWait(_ meanwhile: Meanwhile) async throws {
    let fake = FakeSwitch()
    try await withServer(fake) { (path: String) async throws in
      let console = RecordingConsole()
      let actor = Task {
        while !console.output.contains("bucket") { try await Task.sleep(for: .milliseconds(5)) }
        switch meanwhile {
        case .empty: fake.log.add("drained", "web/s2")
        case .interrupted: console.interrupt()
        case .enabled: _ = await flowswitch("enable", "web/s2", "--socket", path)
        }
      }
      defer { actor.cancel() }
      let result = await flowswitch("drain", "--wait", "web/s2", "--socket", path, on: console)
      let left = "web/s2: 1 bucket, 1 packets/s\n"
      switch meanwhile {
      case .empty: #expect(result == (0, left + "web/s2 is empty\n", ""))
      case .interrupted:
        #expect(result == (130, left, "flowswitch: web/s2 is not empty yet and goes on draining\n"))
        #expect(fake.log.adminState(of: "web/s2") == .draining)
      case .enabled:
        #expect(result == (2, left, "flowswitch: web/s2 is enabled meanwhile, not draining any more\n"))
      }
    }
  }

  @Test("explain, as text and as JSON; what cannot be asked is status 1")
  func explain() async throws {
    try await withServer { (path: String) async throws in
      let text = await flowswitch(
        "explain", "10.1.0.1:5", "10.50.0.100:80", "--port", "sw-s1", "--syn", "--socket", path)
      #expect(text.status == 0 && text.errors.isEmpty)
      #expect(
        text.output
          == "direction  inbound\n  port     sw-s1 is a router port\n  cluster  10.50.0.100:80 tcp is web\nverdict    forward to web/s1 by sw-s1, destination MAC 02:00:00:00:02:01\n"
      )
      let json = await flowswitch("explain", "[fd00::1]:5", "[fd50::1]:80", "-j", "--socket", path)
      #expect(json.output.hasPrefix(#"{"cluster":"web","destination_mac""#) && json.output.hasSuffix("}\n"))
      let refused = await flowswitch("explain", "10.1.0.1", "10.50.0.99", "--socket", path)
      #expect(refused == (2, "", "flowswitch: the datapath does not answer\n"))
      let families = await flowswitch("explain", "10.1.0.1", "fd50::1", "--socket", path)
      #expect(
        families == (
          1, "",
          "flowswitch: source and destination are of different families; expected both IPv4 or both IPv6\n"
        ))
      let port = await flowswitch("explain", "10.1.0.1:http", "10.50.0.99", "--socket", path)
      #expect(
        port == (1, "", "flowswitch: 'http' is no port; expected a number from 1 to 65535\n"))
    }
  }
}
