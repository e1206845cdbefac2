import ArgumentParser
import Management
import PacketCapture
import SwitchModel

struct CaptureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Captures packets from the datapath itself, before and after, as pcapng.",
    discussion: """
      Sees what tcpdump does not: packets that XDP takes before the kernel. Each packet stands in the file as it came \
      in, with the decision as comment, and as it leaves. Says at the end how many there were, and how many it missed. \
      It goes on until interrupted; the file is whole all the same.

      Filters are libpcap's (pcap-filter(7)); a packet is taken if it matches as it came or as it leaves.

      Examples:
        flowswitch capture -w web.pcapng --filter 'tcp port 80' --for 10s
        flowswitch capture --port sw-r1 --count 100 -w - | tshark -r -
      """)

  @Option(
    name: [.customShort("w"), .customLong("write")],
    help: ArgumentHelp("The file; - is standard output.", valueName: "file"),
    completion: .file(extensions: ["pcapng"]))
  var output: String

  @Option(
    name: .customLong("port"),
    help: ArgumentHelp("Only what comes in on this port. May be repeated. (default: all)", valueName: "name"))
  var ports: [String] = []

  @Option(help: ArgumentHelp("Only packets that match.", valueName: "expression"))
  var filter = ""

  @Option(help: ArgumentHelp("Bytes of a frame that are kept, 1 to 65535.", valueName: "bytes"))
  var snap = CaptureRequest.defaultSnap

  @Option(help: ArgumentHelp("End after so many packets.", valueName: "number"))
  var count: Int?

  @Option(
    name: .customLong("for"), help: ArgumentHelp("End after so long, like 10s or 5m.", valueName: "duration"))
  var time: String?

  @OptionGroup var daemon: SocketOption

  func validate() throws {
    guard CaptureRequest.snap.contains(snap) else {
      throw ValidationError("--snap is from 1 to 65535 bytes")
    }
    if let count, count < 1 { throw ValidationError("--count is at least 1") }
    if let time, Duration(text: time) == nil {
      throw ValidationError("'\(time)' is no duration; expected one like 200ms, 10s or 5m")
    }
    if let port = ports.first(where: { $0.isEmpty || $0.contains(",") }) {
      throw ValidationError("'\(port)' is no port's name")
    }
  }

  func run() async throws {
    let console = Console.current
    if output == "-" && console.isTerminal {
      throw CommandFailure(.usage, "a capture is not for a terminal; -w FILE, or a pipe")
    }
    // Told here, before a daemon is asked.
    do throws(CaptureFilter.Fault) { _ = try CaptureFilter(filter) } catch {
      throw CommandFailure(.usage, error.message)
    }
    let client = try await daemon.client()
    let request = CaptureRequest(ports: ports, filter: filter, snap: snap, count: count)
    let sink = CaptureSink(output)
    let limit = time.flatMap { Duration(text: $0) }
    var failure: (any Error)?
    do {
      _ = try await untilInterrupted {
        try await CaptureCommand.capture(client, request, for: limit, into: sink)
      }
    } catch {
      failure = error
    }
    let result = try sink.close()
    if case ConsoleError.readerGone? = failure { failure = nil }
    if let failure = failure as? ControlClientError {
      if result.packets > 0 { tell(result) }
      throw CommandFailure(failure)
    }
    if let failure { throw failure }
    tell(result)
  }

  private func tell(_ result: (packets: UInt64, missed: UInt64)) {
    Console.current.writeError(
      "\(result.packets) packet\(result.packets == 1 ? "" : "s") captured, \(result.missed) missed")
  }

  /// Ends by itself, by its limit, or by being cancelled.
  private static func capture(
    _ client: ControlClient, _ request: CaptureRequest, for limit: Duration?, into sink: CaptureSink
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await client.capture(request) { try sink.take($0) } }
      if let limit { group.addTask { try await Task.sleep(for: limit) } }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
