import ArgumentParser
import Management

struct ShowMembers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "A row a member: where it is, its state, its share and its traffic.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this cluster.", valueName: "name"))
  var cluster: String?

  @Option(help: ArgumentHelp("Only this port.", valueName: "name"))
  var port: String?

  func run() async throws {
    try await options.show(.members, [("cluster", cluster), ("port", port)], as: Tables.members)
  }
}
