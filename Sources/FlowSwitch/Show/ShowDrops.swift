import ArgumentParser
import Management

struct ShowDrops: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drops", abstract: "A row a reason and port: frames that were dropped.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this port.", valueName: "name"))
  var port: String?

  func run() async throws {
    try await options.show(.drops, [("port", port)], as: Tables.drops)
  }
}
