import ArgumentParser
import Management
import SwitchModel

struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Applies a configuration file to the running switch, all or nothing.",
    discussion: """
      Shows what changes, as `diff` does, and does it; on a terminal it asks first if connections break. With --confirm \
      the former configuration comes back by itself unless `flowswitch confirm` is given in time, also when the daemon \
      is killed meanwhile. The file that the daemon was started with is not changed.

      Examples:
        flowswitch apply fs1.yaml
        flowswitch apply --confirm 60s fs1.yaml && curl -sf http://10.50.0.100/ && flowswitch confirm
      """)

  @OptionGroup var configuration: ConfigurationArgument

  @Option(
    help: ArgumentHelp(
      "Take it back after this time, 1s to 24h, unless it is confirmed.", valueName: "duration"))
  var confirm: String?

  @Flag(name: [.short, .long], help: "Do not ask.")
  var yes = false

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourArgument.auto

  @OptionGroup var daemon: SocketOption

  func validate() throws {
    guard let confirm else { return }
    guard let duration = Duration(text: confirm), duration >= .seconds(1), duration <= .seconds(86_400) else {
      throw ValidationError("'\(confirm)' is no duration from 1s to 24h")
    }
  }

  func run() async throws {
    let console = Console.current
    let text = try configuration.text(console)
    let client = try await daemon.client()
    do {
      let plan = try await DiffCommand.plan(client, text).value
      try console.write(PlanText.text(of: plan, colour: color.applies(to: console)))
      guard plan.refusals.isEmpty else { throw CommandFailure(.refused, "nothing was changed") }
      if plan.isEmpty {
        // Files that the configuration names may have changed all the same.
        try OutcomeReport.write(try await apply(client, text), console)
        return
      }
      if plan.isDisruptive, !yes, let answer = console.ask("Apply it? [y/N] "),
        !["y", "yes"].contains(answer.lowercased())
      {
        throw CommandFailure(.refused, "nothing was changed")
      }
      let outcome = try await apply(client, text)
      try report(outcome, console)
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
  }

  private func apply(_ client: ControlClient, _ text: [UInt8]) async throws -> ConfigurationOutcome {
    try await TerminalLine.during("the switch takes over the new configuration; it goes on if you leave") {
      try await client.apply(text, confirm: confirm)
    }
  }

  private func report(_ outcome: ConfigurationOutcome, _ console: any ConsoleOutput) throws {
    if let seconds = outcome.confirm_within_seconds {
      try console.write(
        "applied; the former configuration comes back in \(seconds) s unless `flowswitch confirm` is given\n")
    } else {
      try console.write("applied\n")
    }
    try OutcomeReport.write(outcome, console)
    if !outcome.is_start_file {
      console.writeError(
        "flowswitch: the switch was started with \(outcome.start_file), which holds another configuration; the next start uses that"
      )
    }
  }
}
