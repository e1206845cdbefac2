import ArgumentParser
import CSwitchBench
import Foundation

@main
struct SwitchBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "SwitchBench",
    abstract: "FlowSwitch beside what one would use instead, as ratios to a raw XDP redirect.",
    discussion: """
      Builds a network of its own for each case in network namespaces, measures cases and ceiling in turns, prints a \
      table, and writes results.json, results.md, plot.svg and plot.png. Needs root, the Swift toolchain's clang and, \
      for the peers, nftables, iproute2 and openvswitch-switch; a peer that cannot run is a row that says why.
      """)

  @Flag(help: "Less of everything: about six minutes.")
  var quick = false

  @Option(help: "Only this case, and the ceiling; may be given several times.")
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only this: packets, loss-free, latency, processors, tcp, program; may be given several times.",
      valueName: "part"))
  var measure: [Part] = []

  @Option(name: .customLong("repeat"), help: "Rounds; the median counts. (default: 7, quick: 3)")
  var rounds: Int?

  @Option(help: "Seconds that a run counts. (default: 0.4, quick: 0.2)")
  var seconds: Double?

  @Option(help: "Folder for results.")
  var output = ".build/bench"

  @Option(help: "The switch. (default: flowswitch beside this program)")
  var binary: String?

  @Option(help: "Another build of the switch, to hold against it in the same turns.")
  var against: String?

  @Option(help: "Figures of control to put beside, as Tests/Measure/scale.py writes them.")
  var control: String?

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case packets
    case lossFree = "loss-free"
    case latency
    case processors
    case tcp
    case program
  }

  private func wants(_ part: Part) -> Bool { measure.isEmpty || measure.contains(part) }

  private static let keys = [
    "flowswitch-xdp", "flowswitch-xdp-plain", "flowswitch-xdp-transition", "flowswitch-xdp-among-many",
    "flowswitch-xdp-many", "flowswitch-tc", "flowswitch-xdp-generic", "flowswitch-pcap",
    "least", "least-many",
    "nftables", "clsact", "bridge", "ovs", "ovs-xdp", "pcap-loop", "tpacket-loop",
  ]

  func validate() throws {
    for key in only where !Self.keys.contains(key) {
      throw ValidationError("no case '\(key)'; cases are \(Self.keys.joined(separator: ", "))")
    }
    if let rounds, !(1...1000).contains(rounds) { throw ValidationError("1 to 1000 rounds") }
    if let seconds, !(0.05...600).contains(seconds) { throw ValidationError("0.05 to 600 seconds") }
    if geteuid() != 0 {
      throw ValidationError("the bench needs root: network namespaces, interfaces, eBPF; try it with sudo")
    }
  }

  private var plan: BenchPlan {
    var plan = quick ? BenchPlan.quick : .whole
    if let rounds { plan.rounds = rounds }
    if let seconds { plan.seconds = seconds }
    return plan
  }

  func run() throws {
    Interruption.install()
    Leftovers.sweep()
    let began = ContinuousClock.now
    func say(_ text: String) {
      let seconds = Int((ContinuousClock.now - began) / .seconds(1))
      FileHandle.standardError.write(Data("[\(seconds) s] \(text)\n".utf8))
    }
    let (processors, _, cpu) = try Machine.processors()
    try Kernel.check(sb_avoid_cpu(cpu), "leave a processor to the generator")
    let folder = "/tmp/flowswitch-bench-\(getpid())"
    guard mkdir(folder, 0o755) == 0 else { throw BenchError("cannot make \(folder)") }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    if let control, !FileManager.default.isReadableFile(atPath: control) {
      throw BenchError("cannot read \(control)")
    }
    let report = Report(
      date: Date.now.formatted(.iso8601), kernel: Machine.kernel, processor: Machine.processor,
      processors: processors, rounds: plan.rounds, seconds: plan.seconds, isQuick: quick)
    let bench = try Bench(plan, report: report, folder: folder, cpu: cpu, say: say)
    defer { bench.close() }
    if processors == 1 {
      bench.note("one processor: switches in processes of their own share it with the generator")
    }
    say("generator and sink: do they count alike?")
    try bench.checkItself()
    try bench.build(contenders)
    if wants(.packets) { try bench.packets() }
    if wants(.lossFree) { try bench.lossFree() }
    if wants(.latency) { try bench.latency() }
    if wants(.processors) && processors > 1 { try bench.twoProcessors() }
    if wants(.tcp) { try bench.tcp() }
    bench.close()
    if wants(.program) { programCosts(bench, say) }
    var whole = bench.report
    if let control {
      whole.control = try JSONDecoder().decode(
        [Report.Control].self, from: Data(contentsOf: URL(filePath: control)))
    }
    try write(whole, say)
  }

  private var contenders: [any Contender] {
    let binary = self.binary ?? Machine.beside("flowswitch")
    let others = against.map { other in
      FlowSwitchContender.Path.allCases.map {
        FlowSwitchContender("xdp", $0, binary: other, isOther: true)
      }
    }
    let all: [any Contender] =
      FlowSwitchContender.Path.allCases.map { FlowSwitchContender("xdp", $0, binary: binary) }
      + (others ?? [])
      + ["tc", "xdp-generic", "pcap"].map { FlowSwitchContender($0, binary: binary) }
      + [LeastContender(), LeastContender(amongMany: true)]
      + [ClsactContender(), NftablesContender(), BridgeContender()]
      + [OpenVSwitchContender(.packet), OpenVSwitchContender(.xdp)]
      + [LoopContender(.pcap), LoopContender(.tpacket)]
    return only.isEmpty ? all : all.filter { only.contains($0.key.replacing("-other", with: "")) }
  }

  private func programCosts(_ bench: Bench, _ say: (String) -> Void) {
    guard only.isEmpty || only.contains(where: { $0.hasPrefix("flowswitch") }) else { return }
    say("nanoseconds a packet, by BPF_PROG_RUN")
    do {
      bench.add(try ProgramCosts.measure(Machine.beside("PipelineCheck"), isQuick: quick))
    } catch {
      bench.note("BPF_PROG_RUN by path: \(error)")
    }
  }

  private func write(_ report: Report, _ say: (String) -> Void) throws {
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(report).write(to: URL(filePath: "\(output)/results.json"))
    let table = TextTable(report: report).text
    try table.write(toFile: "\(output)/results.txt", atomically: true, encoding: .utf8)
    try MarkdownTable(report: report).text.write(
      toFile: "\(output)/results.md", atomically: true, encoding: .utf8)
    let picture = "\(output)/plot.svg"
    try Plot(report: report).svg.write(toFile: picture, atomically: true, encoding: .utf8)
    do {
      try Command(["rsvg-convert", "--zoom=2", "-o", "\(output)/plot.png", picture]).run()
    } catch {
      say("no plot.png: \(error)")
    }
    FileHandle.standardOutput.write(Data(table.utf8))
    say("results in \(output): results.json, results.txt, results.md, plot.svg, plot.png")
  }
}
