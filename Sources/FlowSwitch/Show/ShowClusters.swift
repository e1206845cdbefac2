import ArgumentParser
import Management

struct ShowClusters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clusters", abstract: "A row a cluster: address, virtual MAC, state, members, traffic.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this cluster.", valueName: "name"))
  var cluster: String?

  func run() async throws {
    try await options.show(.clusters, [("cluster", cluster)], as: Tables.clusters)
  }
}
