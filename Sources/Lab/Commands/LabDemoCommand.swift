import ArgumentParser
import SwitchModel

struct LabDemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Build the test network, show what the switch does, claim by claim, and remove it.")

  @OptionGroup var options: LabBuildOptions

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only these chapters, by number.", valueName: "number"))
  var chapter: [Int] = []

  @Flag(help: "Leave the network standing.")
  var keep = false

  func run() throws {
    try LabCommand.reporting {
      let began = ContinuousClock.now
      Interrupt.install()
      let console = Console(color: options.color)
      try Privileges.demand()
      for name in LabNetwork.removeAbandoned() { console.say("lab '\(name)' was left behind: removed") }
      console.say(console.bold("Building the test network"))
      let lab = try LabNetwork.up(
        name: options.name, datapath: options.datapath, binary: LabCommand.ownBinary(), owned: true
      ) { console.say("  \($0)") }
      let tally: Tally
      do {
        tally = try tell(lab, console)
      } catch {
        try lab.down()
        throw error
      }
      if keep {
        try lab.release()
        console.say(try LabGuide.text(lab, console))
      } else {
        try lab.down()
        console.say("\nlab '\(lab.name)' is gone")
      }
      let seconds = (ContinuousClock.now - began).components.seconds
      let summary = "\(tally.held) of \(tally.held + tally.failed) claims hold, in \(seconds) s"
      console.say(console.bold(tally.failed == 0 ? console.green(summary) : console.red(summary)))
      guard tally.failed == 0 else { throw ExitCode(2) }
    }
  }

  private struct Tally {
    var held = 0
    var failed = 0
  }

  private func tell(_ lab: LabNetwork, _ console: Console) throws -> Tally {
    let version = try lab.version()
    console.say("  datapath \(version.datapath): \(version.datapath_reason)")
    console.say(Self.picture)
    let checks = LabChecks(lab)
    var tally = Tally()
    for (index, chapter) in LabStory.chapters(datapath: version.datapath).enumerated() {
      guard self.chapter.isEmpty || self.chapter.contains(index + 1) else { continue }
      console.say("\n" + console.bold("\(index + 1). \(chapter.title)"))
      if !chapter.prose.isEmpty { console.say(console.faint(chapter.prose)) }
      guard let check = chapter.check else { continue }
      let findings: [Finding]
      do {
        findings = try Progress.shared.during("measuring") { try check(checks) }
      } catch let error as LabError where !error.isInterruption {
        findings = [Finding("", "this could be measured", false, error.description)]
      }
      for finding in findings {
        finding.holds ? (tally.held += 1) : (tally.failed += 1)
        let mark = finding.holds ? console.green("✓") : console.red("✗")
        let requirement = finding.requirement.isEmpty ? "" : console.faint(" [\(finding.requirement)]")
        console.say("  \(mark) \(finding.claim)\(requirement)")
        console.say("      " + console.faint(finding.fact))
      }
    }
    for what in ["ports", "clusters", "members", "events --limit 30"] {
      console.say("\n" + console.bold("$ flowswitch show \(what)"))
      do {
        console.say(try lab.show(what.split(separator: " ").map(String.init)))
      } catch let error as LabError where !error.isInterruption {
        tally.failed += 1
        console.say(console.red("  ✗ \(error)"))
      }
    }
    return tally
  }

  private static let picture = """

      a1 ── r1 ──┐                 ┌── s1 ┐
      10.10.0/24 │                 ├── s2 ├ 10.50.0.100, fd50::100
                 ├── the switch ───┼── s3 ┘
      10.20.0/24 │   10.50.0/24    ├── s4   the same, on its loopback
      b1 ── r2 ──┘                 └── h1   10.50.0.50, in no cluster
    """
}
