import ArgumentParser
import Glibc
import SwitchModel

/// `flowswitch lab soak`: hours of random faults, with everything that must hold looked at.
struct LabSoakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak",
    abstract: "Build the test network, let random things go wrong for a while, and look at what must hold.",
    discussion: """
      In each round something fails (a server, a cable, a router, one of the servers' pool of routers), or the daemon is \
      killed, stopped or replaced, or an operator applies, drains or disables, or several of these at once. After it \
      everything must be as before: connections that had nothing to do with it live, new ones are answered, no datagram \
      and no echo request is lost, and no flow moves, where nothing but the daemon was touched, every frame in is a \
      frame out or under a reason, and memory, descriptors, maps, routes, rules and neighbours are what they were; at the \
      end, without the daemon, the kernel is as it was found. The first thing that does not hold ends the run, with exit \
      status 2, the seed and the last rounds.
      """)

  @OptionGroup var options: LabBuildOptions

  @Option(help: ArgumentHelp("How long, 10s to 72h.", valueName: "duration"))
  var duration = "10m"

  @Option(
    help: ArgumentHelp("What the rounds are drawn from; unset: another one each time.", valueName: "number"))
  var seed: UInt64?

  func run() throws {
    try LabCommand.reporting {
      guard let length = SoakDuration.parse(duration) else {
        throw LabError(.usage, "--duration must be 10s to 72h, like 90s, 20m or 2h")
      }
      let seed = seed ?? UInt64.random(in: 0...9_999_999)
      Interrupt.install()
      let console = Console(color: options.color)
      try Privileges.demand()
      LabNetwork.removeAbandoned()
      let lab = try LabNetwork.up(
        name: options.name, base: "soak", datapath: options.datapath, layout: .all,
        binary: LabCommand.ownBinary(), owned: true)
      do {
        console.say("soak of \(duration), seed \(seed), datapath \(try lab.version().datapath)")
        var soak = try Soak(lab, seed: seed) { console.say($0) }
        do {
          Self.tell(try soak.run(for: length), seed, console)
        } catch let error as LabError where !error.isInterruption {
          console.say(console.red("✗ \(error)"))
          console.say("seed \(seed); the last rounds:")
          for line in soak.history.suffix(10) { console.say("  \(line)") }
          console.say("the daemon's log: \(Self.keepLog(lab))")
          throw LabError.refused("the soak has failed")
        }
      } catch {
        try lab.down()
        throw error
      }
      try lab.down()
    }
  }

  private static func tell(_ outcome: Soak.Outcome, _ seed: UInt64, _ console: Console) {
    let tally = outcome.tally
    console.say(
      console.green("✓ \(outcome.rounds) rounds, seed \(seed): ")
        + "\(tally.connections) connections held, \(tally.answers) answers on them, "
        + "\(tally.broken) broke with a server that was made to fail, none besides; "
        + "\(outcome.outward.connections) through the pool of routers, \(outcome.outward.broken) broke")
    console.say(
      "  \(outcome.streams.datagrams) datagrams in \(outcome.streams.flows) flows, \(outcome.streams.lost) lost to faults"
    )
    for line in outcome.usage { console.say("  \(line)") }
  }

  /// The lab's directory goes.
  private static func keepLog(_ lab: LabNetwork) -> String {
    let path = "/tmp/flowswitch-soak-\(lab.name).log"
    guard let bytes = TextFile.readBytes(lab.daemonLog), (try? TextFile.write(path, bytes)) != nil else {
      return "lost"
    }
    return path
  }
}
