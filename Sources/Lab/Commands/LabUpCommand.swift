import ArgumentParser

extension LabLayout: ExpressibleByArgument {}

struct LabUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Build the test network and leave it standing.")

  @OptionGroup var options: LabBuildOptions

  @Option(
    help: ArgumentHelp(
      "Which network: servers (clusters), routers (a pool, router by server), routers-per-flow, or all of it.",
      valueName: "layout"))
  var layout: LabLayout = .servers

  func run() throws {
    try LabCommand.reporting {
      Interrupt.install()
      let console = Console(color: options.color)
      let lab = try LabNetwork.up(
        name: options.name, datapath: options.datapath, layout: layout,
        binary: LabCommand.ownBinary(), owned: true
      ) { console.say($0) }
      try lab.release()
      console.say(try LabGuide.text(lab, console))
    }
  }
}
