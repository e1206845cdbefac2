import ArgumentParser
import ConfigurationFile
import PacketCapture
import Replay
import SwitchModel

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Tells what every packet of a capture would meet.",
    discussion: """
      Runs a pcap or pcapng file through the pipeline, over tables as a fresh start with this configuration has them: \
      no daemon and no privilege is needed, nothing is sent. All members and routers count as present; those whose MAC \
      is not configured get one that is made up, which is told. Packets come in on the port that the capture's \
      interface is named as, else on the sender's, else on the first router's.

      A line a packet: number, seconds, port, packet, decision. At the end how often what happened.

      Examples:
        flowswitch replay trouble.pcapng --config /etc/flowswitch/fs1.yaml
        flowswitch replay before.pcap --config fs1.yaml --readdress --json | jq 'select(.verdict == "drop")'
        tcpdump -i eth1 -w - | flowswitch replay - --config fs1.yaml -w decided.pcapng
      """)

  @Argument(
    help: "The capture; - is standard input.", completion: .file(extensions: ["pcap", "pcapng", "cap"]))
  var file: String

  @Option(
    help: ArgumentHelp("The configuration file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Option(help: ArgumentHelp("The port that every packet comes in on.", valueName: "name"))
  var port: String?

  @Flag(
    help:
      "Give packets for a cluster's address the MAC that a router would use: for captures made without a switch."
  )
  var readdress = false

  @Flag(name: [.customShort("j"), .long], help: "A JSON object a packet, and one for the summary.")
  var json = false

  @Flag(help: "The summary alone.")
  var quiet = false

  @Option(
    name: [.customShort("w"), .customLong("write")],
    help: ArgumentHelp(
      "Write packets before and after, with the decisions, as pcapng; - is standard output, and nothing else goes there.",
      valueName: "file"),
    completion: .file(extensions: ["pcapng"]))
  var output: String?

  func run() async throws {
    if output == "-" && Console.current.isTerminal {
      throw CommandFailure(.usage, "a capture is not for a terminal; -w FILE, or a pipe")
    }
    let offline = try offlineSwitch()
    var replay: CaptureReplay
    do throws(ReplayError) {
      replay = try CaptureReplay(offline, port: port, readdresses: readdress)
    } catch {
      throw CommandFailure(.usage, error.description)
    }
    var source = try CaptureFileSource(file)
    defer { source.close() }
    let target: CaptureOutput?
    if let output {
      if source.isFile(output) {
        throw CommandFailure(.usage, "\(output) is what is read; write to another file")
      }
      target = try CaptureOutput(output)
    } else {
      target = nil
    }
    var progress = ReplayProgress(size: source.size)
    let fault = try runThrough(&source, &replay, target, &progress)
    progress.wipe()
    try target?.close()
    try show(replay.summary, offline, toError: target?.isStandardOutput == true)
    if let fault { throw CommandFailure(.usage, "\(file): \(fault)") }
  }

  private func offlineSwitch() throws -> OfflineSwitch {
    let console = Console.current
    let checked: SwitchConfiguration
    do throws(ConfigurationFaults) {
      checked = try ConfigurationFile(path: config).configuration
    } catch {
      for diagnostic in error.diagnostics { console.writeError(diagnostic.description) }
      throw CommandFailure(.usage, "\(config) is not fit to run")
    }
    let offline: OfflineSwitch
    do throws(ReplayError) { offline = try OfflineSwitch(checked) } catch {
      throw CommandFailure(.refused, error.description)
    }
    for assumed in offline.assumed.prefix(20) {
      console.writeError("\(assumed.owner): its MAC is not configured; taken to be \(assumed.mac)")
    }
    if offline.assumed.count > 20 {
      console.writeError("and \(offline.assumed.count - 20) more whose MACs are made up")
    }
    return offline
  }

  /// - Returns: what is wrong with the file, after all that could be read of it.
  private func runThrough(
    _ source: inout CaptureFileSource, _ replay: inout CaptureReplay, _ target: CaptureOutput?,
    _ progress: inout ReplayProgress
  ) throws -> CaptureFileError? {
    let console = Console.current
    let isShown = !quiet && target?.isStandardOutput != true
    var packets = PacketFile(snapLength: 0)
    if let target {
      let system = CaptureSystem.current
      let ports = replay.offline.configuration.ports.map { (name: $0.name, role: $0.role.rawValue) }
      try target.write(
        packets.header(hardware: system.hardware, operatingSystem: system.operatingSystem, ports: ports))
    }
    var text: [UInt8] = []
    var bytes: [UInt8] = []
    func flush(least: Int) throws {
      if text.count > least {
        progress.wipe()
        try console.write(text)
        text = []
      }
      if let target, bytes.count > least {
        try target.write(bytes)
        bytes = []
      }
    }
    do {
      var reader = try CaptureReader(source)
      while let item = try reader.next() {
        guard let packet = replay.take(item) else { continue }
        if isShown {
          text += Array((json ? try JSONText.of(ReplayRow(packet)) : packet.line).utf8) + [10]
        }
        if target != nil { bytes += packets.packet(packet.packet) }
        try flush(least: 1 << 16)
        if packet.packet.number % 1024 == 0 { progress.tell(replay.summary.packets, reader.offset) }
      }
      try flush(least: 0)
      return nil
    } catch let error as CaptureFileError {
      try flush(least: 0)
      return error
    }
  }

  private func show(_ summary: ReplaySummary, _ offline: OfflineSwitch, toError: Bool) throws {
    let console = Console.current
    let text = json ? try JSONText.of(["summary": summary]) : ReplayRow.text(of: summary)
    if toError { console.writeError(text) } else { try console.write(text + "\n") }
  }
}
