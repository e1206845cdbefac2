import ArgumentParser
import Management

struct ShowRouters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routers", abstract: "A row a router of a pool: its state, its servers and its traffic.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this router pool.", valueName: "name"))
  var pool: String?

  @Option(help: ArgumentHelp("Only this port.", valueName: "name"))
  var port: String?

  func run() async throws {
    try await options.show(.routers, [("pool", pool), ("port", port)], as: Tables.routers)
  }
}
