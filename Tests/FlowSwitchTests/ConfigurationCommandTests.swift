import FoundationEssentials
import ManagementFixtures
import SwitchModel
import Testing

@testable import FlowSwitch

@Suite("diff, apply, confirm, rollback, reload")
struct ConfigurationCommandTests {
  /// A server with a configuration, and a file with something in its comment.
  private func scene(
    _ comment: String = "",
    _ body:
      @escaping @Sendable (_ fake: FakeConfiguration, _ path: String, _ file: String) async throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      let file = "\(directory)/fs1.yaml"
      try Data(FakePlace.text("2s", more: "# \(comment)")).write(to: URL(filePath: file))
      let fake = FakeConfiguration()
      try await withServer(configuring: fake) { path in try await body(fake, path, file) }
    }
  }

  @Test("diff shows and changes nothing; JSON as the daemon sends it; colours on a terminal")
  func diff() async throws {
    try await scene { fake, path, file in
      let plain = await flowswitch("diff", file, "--socket", path)
      #expect(plain.status == 0 && plain.errors.isEmpty)
      #expect(plain.output.hasPrefix("+ member web/s3: port sw-s3, weight 100\n"))
      #expect(plain.output.hasSuffix("3 changes; 1 bucket moves; connections break\n"))
      let json = await flowswitch("diff", file, "-j", "--socket", path)
      let plan = try JSONDecoder().decode(ConfigurationPlan.self, from: Data(json.output.utf8))
      #expect(plan.breaks.count == 1)
      let console = RecordingConsole(isTerminal: true)
      #expect(await flowswitch("diff", file, "--socket", path, on: console).output.contains("\u{1b}[32m+"))
      #expect(fake.calls == ["plan", "plan", "plan"])
    }
  }

  @Test("apply shows, does it, and says which file the next start reads")
  func apply() async throws {
    try await scene { fake, path, file in
      let result = await flowswitch("apply", file, "--socket", path)
      #expect(result.status == 0 && result.output.hasSuffix("connections break\napplied\n"))
      #expect(result.errors.contains("/etc/flowswitch/fs1.yaml, which holds another configuration"))
      let confirm = await flowswitch("apply", "--confirm", "90s", file, "--socket", path)
      #expect(confirm.output.contains("comes back in 90 s unless `flowswitch confirm` is given\n"))
      #expect(await flowswitch("confirm", "--socket", path) == (0, "confirmed\n", ""))
      #expect(
        await flowswitch("confirm", "--socket", path) == (
          2, "", "flowswitch: no configuration waits to be confirmed\n"
        ))
      #expect(await flowswitch("rollback", "--socket", path).status == 0)
      #expect(await flowswitch("reload", "--socket", path) == (0, "reloaded\n", ""))
      #expect(
        fake.calls == [
          "plan", "apply", "plan", "apply 90s", "confirm", "confirm", "rollback", "reload",
        ])
    }
  }

  @Test(
    "On a terminal it asks where connections break, and does only what is said",
    arguments: [
      ("", "n", false, false), ("", "", false, false), ("", "y", false, true), ("", "Yes", false, true),
      ("", "n", true, true), ("gentle", "n", false, true), ("gentle pcap", "n", false, false),
    ])
  func asks(_ comment: String, _ answer: String, _ yes: Bool, _ isApplied: Bool) async throws {
    try await scene(comment) { fake, path, file in
      let console = RecordingConsole(isTerminal: true, answer: answer)
      let arguments = ["apply", file, "--socket", path] + (yes ? ["--yes"] : [])
      let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
      #expect(status == (isApplied ? .done : .refused))
      #expect(fake.calls == (isApplied ? ["plan", "apply"] : ["plan"]))
      #expect(console.errors.contains("[y/N]") == (!yes && comment != "gentle"))
    }
  }

  @Test(
    "What cannot be done has its status, and is not tried",
    arguments: [
      ("renamed", Int32(2), "nothing was changed"), ("busy", 2, "another change is under way"),
      ("faulty", 1, "configuration:1:9: switch.name: missing"),
    ])
  func refused(_ comment: String, _ status: Int32, _ text: String) async throws {
    try await scene(comment) { fake, path, file in
      let result = await flowswitch("apply", file, "--socket", path)
      #expect(result.status == status && result.errors.contains(text), "\(result)")
      #expect(fake.calls == ["plan"])
    }
  }

  @Test("A faulty file does not leave this machine's side; nothing to change is nothing done")
  func local() async throws {
    try await scene("same") { fake, path, file in
      let same = await flowswitch("apply", file, "--socket", path)
      #expect(
        same == (
          0, "nothing changes\n/etc/flowswitch/cert.pem is read again\n", "flowswitch: tokens: wrong\n"
        ))
      #expect(fake.calls == ["plan", "apply"])
      try Data("switch: {}\n".utf8).write(to: URL(filePath: file))
      for command in ["diff", "apply"] {
        let result = await flowswitch(command, file, "--socket", path)
        #expect(result.status == 1 && result.output.isEmpty && result.errors.hasPrefix("\(file):1:"))
      }
      #expect(fake.calls == ["plan", "apply"])
    }
  }

  @Test("No daemon is status 3", arguments: ["confirm", "rollback", "reload"])
  func noDaemon(_ command: String) async {
    #expect(await flowswitch(command, "--socket", "/nonexistent/x.sock").status == 3)
  }

  @Test("A wrong time is a wrong command line", arguments: ["0s", "25h", "soon", "60"])
  func wrongTime(_ time: String) async {
    #expect(await flowswitch("apply", "--confirm", time, "x.yaml").status == 1)
  }

  @Test("check says beforehand that a running switch does not take another name")
  func renamed() async throws {
    try await withTemporaryDirectory { directory in
      let file = "\(directory)/file.yaml"
      try Data(FakePlace.text("1s", name: "fs2")).write(to: URL(filePath: file))
      let checked = try LoadedConfiguration(FakePlace.text("1s", name: "fs2"), name: file).configuration
      @Sendable func warning(_ configuration: SwitchConfiguration, _ sockets: String) async -> Diagnostic? {
        await RenamedSwitch.warning(
          configuration, file: file, roots: [directory], sockets: sockets, timeout: .seconds(60))
      }
      try await withServer { path in
        // The server's socket is `fs1.sock`.
        let sockets = String(path.dropLast("/fs1.sock".count))
        #expect(await warning(checked, sockets) == nil, "no switch was started with the file")
        let store = try ConfigurationStore.open(name: "fs1", roots: [directory]).store
        try store.saveSource(file)
        let found = await warning(checked, sockets)
        #expect(found?.severity == .warning && found?.path == "switch.name")
        #expect(
          found?.message.contains("'fs2' is a new name: the switch that runs with this file is 'fs1'") == true
        )
        var same = checked
        same.name = "fs1"
        #expect(await warning(same, sockets) == nil)
        #expect(await warning(checked, directory) == nil, "it does not run")
      }
    }
  }
}
