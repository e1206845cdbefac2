import ArgumentParser
import Management
import SwitchModel

struct ShowFlows: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows",
    abstract: "Watches the traffic for a while: a row a flow, busiest first.",
    discussion: """
      The switch keeps no table of flows: what is shown was seen while watching, or has an entry because its bucket \
      moves.

      Example:
        flowswitch show flows --for 5s --cluster web
      """)

  @OptionGroup var options: ShowOptions

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long to watch, 100ms to 1m.", valueName: "duration"))
  var watch = "2s"

  @Option(help: ArgumentHelp("Only this cluster.", valueName: "name"))
  var cluster: String?

  func validate() throws {
    guard Duration(text: watch) != nil else {
      throw ValidationError("'\(watch)' is no duration; expected one like 200ms, 2s or 1m")
    }
  }

  func run() async throws {
    let duration = Duration(text: watch) ?? .seconds(2)
    try await options.show(
      .flows, [("for", watch), ("cluster", cluster)], timeout: duration + .seconds(10), as: Tables.flows)
  }
}
