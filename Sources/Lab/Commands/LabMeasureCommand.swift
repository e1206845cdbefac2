import ArgumentParser
import SwitchModel

extension Fault: ExpressibleByArgument {}

/// `flowswitch lab measure`: how long the dead get traffic, and what breaks (H10–H12).
struct LabMeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Fail a server again and again, and measure how soon the switch acts.")

  @OptionGroup var options: LabBuildOptions
  @Option(help: ArgumentHelp("Failures of each kind.", valueName: "n"))
  var rounds = 20

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Kinds of failure: link, program, blackhole, namespace.", valueName: "kind"))
  var kind: [Fault] = [.link, .program, .blackhole, .namespace]

  func run() throws {
    try LabCommand.reporting {
      guard (1...1000).contains(rounds) else { throw LabError(.usage, "--rounds must be 1 to 1000") }
      Interrupt.install()
      let console = Console(color: options.color)
      let lab = try LabNetwork.up(
        name: options.name, base: "measure", datapath: options.datapath, binary: LabCommand.ownBinary(),
        owned: true)
      do {
        console.say("datapath \(try lab.version().datapath), \(rounds) of each kind")
        for kind in kind { console.say(try Self.line(kind, LabChecks(lab), rounds: rounds)) }
      } catch {
        try lab.down()
        throw error
      }
      try lab.down()
    }
  }

  private static func line(_ kind: Fault, _ checks: LabChecks, rounds: Int) throws -> String {
    var results: [FailureMeasurement] = []
    for round in 1...rounds {
      let result = try Progress.shared.during("\(kind.rawValue), \(round) of \(rounds)") {
        try checks.measure(kind)
      }
      results.append(result)
    }
    let wrong = results.compactMap(\.lastWrong)
    let told = results.compactMap(\.told)
    func text(_ value: Int64?) -> String { value.map { "\(Double($0 / 10) / 100) ms" } ?? "-" }
    func sum(_ path: KeyPath<FailureMeasurement, Int>) -> Int {
      results.map { $0[keyPath: path] }.reduce(0, +)
    }
    return "\(kind.rawValue): last wrong frame median \(text(FailureMeasurement.median(wrong))), "
      + "max \(text(wrong.max())) (\(wrong.count) measured); event median "
      + "\(text(FailureMeasurement.median(told))), max \(text(told.max())); broken \(sum(\.brokenOwn)) own, "
      + "\(sum(\.brokenOthers)) others; buckets moved \(sum(\.bucketsMoved)), due \(sum(\.bucketsDue))"
  }
}
