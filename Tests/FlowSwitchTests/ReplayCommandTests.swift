import FoundationEssentials
import ManagementFixtures
import PacketCapture
import SwitchModel
import Testing

@testable import FlowSwitch

@Suite("replay")
struct ReplayCommandTests {
  private struct Scene: Sendable {
    let directory: String
    /// Two packets, for nobody and for everybody.
    let bytes: [UInt8]
    var config: String { "\(directory)/fs1.yaml" }
    var capture: String { "\(directory)/in.pcapng" }

    init(_ directory: String) throws {
      self.directory = directory
      var file = PacketFile(snapLength: 256)
      var bytes = file.header(hardware: "", operatingSystem: "", ports: [("r1", "router"), ("p1", "server")])
      for (number, first) in [UInt8(0x03), 0xff].enumerated() {
        let frame = [UInt8](repeating: first, count: 6) + [2, 0, 0, 0, 0, 1, 0x88, 0xb5]
        bytes += file.packet(
          CapturedPacket(
            number: UInt64(number + 1), time: 1, port: "r1", verdict: .flood, length: 60,
            before: frame + [UInt8](repeating: 0, count: 46)))
      }
      self.bytes = bytes
      try Data(FakePlace.text("1s")).write(to: URL(filePath: config))
      try Data(bytes).write(to: URL(filePath: capture))
    }

    func run(_ arguments: String..., on console: RecordingConsole = RecordingConsole()) async -> (
      status: Int32, output: String, errors: String
    ) {
      await flowswitch(["replay", "--config", config] + arguments, on: console)
    }
  }

  private func scene(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
    try await withTemporaryDirectory { try await body(Scene($0)) }
  }

  @Test("a line a packet and the summary; JSON; another capture")
  func lines() async throws {
    try await scene { scene in
      let plain = await scene.run(scene.capture)
      #expect(plain.status == 0 && plain.output.contains("2 packets\n"), "\(plain)")
      #expect(plain.output.split(separator: "\n").count { $0.contains("r1") && $0.contains("flood") } == 2)
      #expect(plain.errors.contains("web/s1: its MAC is not configured; taken to be "))
      #expect(await scene.run("--quiet", scene.capture).output.hasPrefix("2 packets\n"))
      let json = await scene.run("--json", scene.capture).output.split(separator: "\n")
      #expect(json.count == 3 && json.allSatisfy { $0.hasPrefix("{") })
      let out = "\(scene.directory)/out.pcapng"
      #expect(await scene.run("-w", out, scene.capture).status == 0)
      #expect(await scene.run("--quiet", out).output.hasPrefix("2 packets\n"))
    }
  }

  @Test("a file cut at any place is replayed as far as it goes, and then told with the place")
  func cut() async throws {
    try await scene { scene in
      let short = "\(scene.directory)/short.pcapng"
      for length in stride(from: 0, to: scene.bytes.count, by: 7) {
        try Data(scene.bytes.prefix(length)).write(to: URL(filePath: short))
        let result = await scene.run(short)
        // Between two blocks it is whole.
        #expect(result.status == 0 || result.status == 1)
        #expect(result.output.contains(" packets\n"))
        if result.status == 1 {
          #expect(result.errors.contains("flowswitch: \(short): "), "\(result.errors)")
          #expect(result.errors.contains(/byte \d+|empty/), "\(result.errors)")
        }
      }
      try Data(scene.bytes.dropLast(1)).write(to: URL(filePath: short))
      let most = await scene.run("--quiet", short)
      #expect(most.status == 1 && most.output.hasPrefix("1 packets\n"))
    }
  }

  @Test("what is no capture, cannot be read or is not there")
  func unreadable() async throws {
    try await scene { scene in
      let none = await scene.run("\(scene.directory)/none.pcapng")
      #expect(none.status == 1 && none.errors.contains("none.pcapng: No such file or directory"))
      let folder = await scene.run(scene.directory)
      #expect(folder.status == 1 && folder.errors.contains("\(scene.directory): "))
      let text = await scene.run(scene.config)
      #expect(text.status == 1 && text.errors.contains("this is neither a pcap nor a pcapng file"))
      let port = await scene.run("--port", "p9", scene.capture)
      #expect(port.status == 1 && port.errors.contains("p9"))
      let config = await flowswitch("replay", "--config", scene.capture, scene.capture)
      #expect(config.status == 1 && config.errors.contains("is not fit to run"))
    }
  }

  @Test("where it cannot write it says so; never over what it reads, never to a terminal")
  func output() async throws {
    try await scene { scene in
      let nowhere = await scene.run("-w", "/nonexistent/x", scene.capture)
      #expect(nowhere.status == 1 && nowhere.errors.contains("/nonexistent/x: No such file or directory"))
      let full = await scene.run("-w", "/dev/full", scene.capture)
      #expect(full.status == 2 && full.errors.contains("/dev/full: "))
      let link = "\(scene.directory)/link.pcapng"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scene.capture)
      for same in [scene.capture, link] {
        let result = await scene.run("-w", same, scene.capture)
        #expect(result.status == 1 && result.errors.contains("is what is read"), "\(result.errors)")
      }
      #expect(try [UInt8](Data(contentsOf: URL(filePath: scene.capture))) == scene.bytes)
      let terminal = RecordingConsole(isTerminal: true)
      #expect(await scene.run("-w", "-", scene.capture, on: terminal).status == 1)
      #expect(terminal.output.isEmpty && terminal.errors.contains("a capture is not for a terminal"))
      let piped = await scene.run("-w", "-", scene.capture)
      #expect(piped.status == 0 && piped.errors.contains("2 packets\n"))
      let gone = await scene.run(scene.capture, on: RecordingConsole(failure: .readerGone))
      #expect(gone.status == 0)
    }
  }
}
