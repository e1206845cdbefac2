import ArgumentParser
import Management
import SwitchModel

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Shows what a configuration file would change in the running switch; changes nothing.",
    discussion: """
      Lines begin with + for what is added, ~ for what is changed and - for what is removed; then come the buckets that \
      move, with the traffic in them, and the connections that would break, if any.

      Examples:
        flowswitch diff fs1.yaml
        flowswitch diff fs1.yaml --json | jq '.breaks'
      """)

  @OptionGroup var configuration: ConfigurationArgument

  @Flag(name: [.customShort("j"), .long], help: "JSON, as the daemon sends it.")
  var json = false

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourArgument.auto

  @OptionGroup var daemon: SocketOption

  func run() async throws {
    let console = Console.current
    let text = try configuration.text(console)
    let client = try await daemon.client()
    let plan: (value: ConfigurationPlan, json: [UInt8])
    do {
      plan = try await DiffCommand.plan(client, text)
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
    if json { return try console.write(plan.json + [UInt8(ascii: "\n")]) }
    try console.write(PlanText.text(of: plan.value, colour: color.applies(to: console)))
  }

  static func plan(
    _ client: ControlClient, _ text: [UInt8]
  ) async throws -> (value: ConfigurationPlan, json: [UInt8]) {
    try await TerminalLine.during("the switch compares the configurations") { try await client.plan(text) }
  }
}
