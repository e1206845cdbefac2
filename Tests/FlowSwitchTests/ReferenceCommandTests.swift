import Foundation
import Testing

@testable import FlowSwitch

@Suite("import, schema, completion, man")
struct ReferenceCommandTests {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardized.path

  static let keepalived = """
    virtual_server 10.0.0.1 80 {
      lb_algo wrr
      lb_kind DR
      real_server 10.0.0.11 80 { TCP_CHECK { } }
      real_server 10.0.0.12 80 { TCP_CHECK { } }
    }
    """

  /// A folder that is removed afterwards.
  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "flowswitch-import-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  @Test("import: the configuration is data, what became of the file is told, and what is left to do")
  func imports() async throws {
    try await inFolder { folder in
      try write(ReferenceCommandTests.keepalived, to: "\(folder)/k.conf")
      let result = await flowswitch("import", "\(folder)/k.conf")
      #expect(result.status == 0)
      #expect(result.output.contains("  - {name: CHANGE-ME-1, role: server}  # 10.0.0.11\n"))
      #expect(result.errors.hasPrefix("\(folder)/k.conf:2:3: changed: lb_algo wrr: "))
      #expect(!result.errors.contains(": converted: "))
      #expect(result.errors.contains("replace 3 placeholders"))
      #expect(await flowswitch("import", "--all", "\(folder)/k.conf").errors.contains(": converted: "))
    }
  }

  @Test("import: ports from options, a new file, and never over another")
  func output() async throws {
    try await inFolder { folder in
      try write(ReferenceCommandTests.keepalived, to: "\(folder)/k.conf")
      let arguments = [
        "import", "\(folder)/k.conf", "--name", "edge", "--router-port", "up1", "--port", "10.0.0.12=srv2",
        "--port", "srv1", "-o", "\(folder)/fs.yaml",
      ]
      func run() async -> (status: Int32, output: String, errors: String) {
        let console = RecordingConsole()
        let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
        return (status.rawValue, console.output, console.errors)
      }
      let first = await run()
      #expect(first.status == 0 && first.output.isEmpty && !first.errors.contains("placeholder"))
      let text = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/fs.yaml")), as: UTF8.self)
      for line in ["name: edge", "name: up1, role: router", "port: srv1, address: 10.0.0.11", "port: srv2"] {
        #expect(text.contains(line), "\(line) in \(text)")
      }
      let second = await run()
      #expect(second.status == 1 && second.errors.contains("fs.yaml: "))
    }
  }

  @Test("import: includes are relative to the file, and bounded")
  func includes() async throws {
    try await inFolder { folder in
      try write(ReferenceCommandTests.keepalived, to: "\(folder)/part-1.conf")
      try write("include part-*.conf\n", to: "\(folder)/k.conf")
      #expect(await flowswitch("import", "\(folder)/k.conf").output.contains("address: 10.0.0.11"))
      try write("include k.conf\n", to: "\(folder)/part-2.conf")
      let result = await flowswitch("import", "\(folder)/k.conf")
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.contains("files include one another without end"))
      try write("include missing.conf\n", to: "\(folder)/k.conf")
      #expect(
        await flowswitch("import", "\(folder)/k.conf").errors.contains(
          "k.conf:1:9: 'missing.conf' cannot be included: there is no such file"))
    }
  }

  @Test("import: what is wrong is status 1 and no data")
  func wrong() async throws {
    try await inFolder { folder in
      try write("virtual_server 10.0.0.1 80 {\n  }\n}\n", to: "\(folder)/k.conf")
      for (arguments, error) in [
        (["\(folder)/k.conf"], "k.conf:3:1: a } without a {"), (["\(folder)/none"], "none: No such file"),
        ([folder], "Is a directory"),
        (["\(folder)/k.conf", "--port", "x=eth1"], "--port x=eth1: no address"),
        (["/dev/zero"], "more than 4 MiB"),
      ] {
        let console = RecordingConsole()
        let status = await Console.$current.withValue(console) {
          await FlowSwitchCommand.execute(["import"] + arguments)
        }
        #expect(status == .usage && console.output.isEmpty)
        #expect(console.errors.contains(error), "\(console.errors)")
      }
      // The text is there, and what `run` would say to it.
      try write(ReferenceCommandTests.keepalived, to: "\(folder)/k.conf")
      let result = await flowswitch("import", "\(folder)/k.conf", "--router-port", "a/b")
      #expect(result.status == 1 && result.output.contains("a/b"))
      #expect(result.errors.contains("'a/b' is not an interface name"))
    }
  }

  @Test("schema prints what is shipped")
  func schema() async throws {
    func file(_ name: String) throws -> String {
      String(
        decoding: try Data(contentsOf: URL(filePath: "\(ReferenceCommandTests.repository)/\(name)")),
        as: UTF8.self)
    }
    #expect(await flowswitch("schema").output == (try file("etc/flowswitch.schema.json")))
    #expect(await flowswitch("schema", "--markdown").output == (try file("docs/configuration-reference.md")))
  }

  @Test("completion is for three shells", arguments: ["bash", "zsh", "fish"])
  func completion(_ shell: String) async {
    let result = await flowswitch("completion", shell)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("flowswitch") && result.output.contains("import"))
    #expect(await flowswitch("completion", "csh").status == 1)
  }

  @Test("man: a page for every command, with the date of the build")
  func man() async throws {
    let console = RecordingConsole(variables: ["SOURCE_DATE_EPOCH": "86400"])
    let page = await flowswitch("man", "import", on: console)
    #expect(page.status == 0 && page.output.contains(".TH FLOWSWITCH\\-IMPORT 1 1970-01-02 "))
    #expect(await flowswitch("man", "no", "such").status == 1)
    #expect(await flowswitch("man", "--date", "yesterday").status == 1)
    for epoch in ["nan", "1e300", "-1", "99999999999999999"] {
      let console = RecordingConsole(variables: ["SOURCE_DATE_EPOCH": epoch])
      #expect(await flowswitch("man", on: console).output.contains(".TH FLOWSWITCH 1 20"))
    }
    try await inFolder { folder in
      let result = await flowswitch("man", "--output", folder, "--date", "2026-01-02")
      #expect(result.status == 0 && result.output.isEmpty)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      for name in ["flowswitch.1", "flowswitch-import.1", "flowswitch-man.1"] {
        #expect(names.contains(name))
      }
      #expect(await flowswitch("man", "--output", "\(folder)/none").status == 1)
    }
  }

  @Test(
    "mandoc has nothing to say about the page of any command",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mandoc"), "mandoc is not installed"))
  func lint() async throws {
    try await inFolder { folder in
      #expect(await flowswitch("man", "--output", folder, "--date", "2026-01-02").status == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names.count >= 5)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/mandoc")
      process.arguments = ["-T", "lint", "-W", "warning"] + names.map { "\(folder)/\($0)" }
      let pipe = Pipe()
      (process.standardOutput, process.standardError) = (pipe, pipe)
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0 && output.isEmpty, "\(output)")
    }
  }
}
