import FoundationEssentials
import ManagementFixtures
import PacketCapture
import SystemPackage
import Testing

@testable import FlowSwitch

@Suite("capture")
struct CaptureCommandTests {
  private func scene(_ body: @escaping @Sendable (_ socket: String, _ directory: String) async throws -> Void)
    async throws
  {
    try await withTemporaryDirectory { directory in
      try await withServer { socket in try await body(socket, directory) }
    }
  }

  /// Frames of a capture file.
  private func frames(_ bytes: [UInt8]) throws -> Int {
    var reader = try CaptureReader(MemorySource(bytes))
    var count = 0
    while let item = try reader.next() { if case .frame = item { count += 1 } }
    return count
  }

  @Test("a whole file that only its owner reads; how many, and how many were missed, go to standard error")
  func file() async throws {
    try await scene { socket, directory in
      let file = "\(directory)/one.pcapng"
      let result = await flowswitch("capture", "-w", file, "--socket", socket)
      #expect(result == (0, "", "1 packet captured, 3 missed\n"))
      #expect(try frames([UInt8](Data(contentsOf: URL(filePath: file)))) == 2)
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
      #expect("\(mode ?? 0)" == "\(0o600)")
    }
  }

  @Test("standard output, unless it is a terminal; whoever reads it may go")
  func standardOutput() async throws {
    try await scene { socket, _ in
      let piped = await flowswitch("capture", "-w", "-", "--socket", socket)
      #expect(piped.status == 0 && piped.errors == "1 packet captured, 3 missed\n")
      #expect(piped.output.contains("forward to sw-s1; cluster web, member s1"))
      let terminal = await flowswitch(
        ["capture", "-w", "-", "--socket", socket], on: RecordingConsole(isTerminal: true))
      #expect(terminal.status == 1 && terminal.output.isEmpty)
      #expect(terminal.errors == "flowswitch: a capture is not for a terminal; -w FILE, or a pipe\n")
      let gone = await flowswitch(
        ["capture", "-w", "-", "--socket", socket], on: RecordingConsole(failure: .readerGone))
      #expect(gone.status == 0)
      let full = await flowswitch(
        ["capture", "-w", "-", "--socket", socket], on: RecordingConsole(failure: .failed(.noSpace)))
      #expect(full.status == 2 && full.errors.contains("standard output: "))
    }
  }

  @Test(
    "a wrong command line is told before a daemon is asked",
    arguments: [
      (["--filter", "porrt 80"], "the filter \"porrt 80\" is not understood: "),
      (["--filter", String(repeating: "x", count: 2049)], "a filter of 2049 bytes; 2048 are the most"),
      (["--snap", "0"], "--snap is from 1 to 65535 bytes"),
      (["--snap", "65536"], "--snap is from 1 to 65535"),
      (["--count", "0"], "--count is at least 1"), (["--for", "soon"], "'soon' is no duration"),
      (["--port", ""], "'' is no port's name"), (["--port", "a,b"], "'a,b' is no port's name"),
    ])
  func wrong(_ options: [String], _ text: String) async throws {
    try await withTemporaryDirectory { directory in
      let file = "\(directory)/none.pcapng"
      let result = await flowswitch(["capture", "-w", file, "--socket", "/nonexistent/x.sock"] + options)
      #expect(result.status == 1 && result.errors.contains(text), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: file))
    }
  }

  @Test("no daemon is status 3, and leaves no file")
  func noDaemon() async throws {
    try await withTemporaryDirectory { directory in
      let file = "\(directory)/none.pcapng"
      let result = await flowswitch("capture", "-w", file, "--socket", "/nonexistent/x.sock")
      #expect(result.status == 3 && result.errors.contains("/nonexistent/x.sock"))
      #expect(!FileManager.default.fileExists(atPath: file))
    }
  }

  @Test(
    "where it cannot be written the command says so, with the path",
    arguments: [("/nonexistent/x.pcapng", Int32(1)), ("/", 1), ("/dev/full", 2)])
  func notWritable(_ path: String, _ status: Int32) async throws {
    try await scene { socket, _ in
      let result = await flowswitch("capture", "-w", path, "--socket", socket)
      #expect(result.status == status && result.errors.hasPrefix("flowswitch: \(path): "), "\(result)")
    }
  }
}
