import ArgumentParser
import Management

struct ShowProbes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probes",
    abstract: "A row a probe: whom it watches, its state, its last result.",
    discussion: "Members that ask for the same are watched by one probe.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only those of this cluster.", valueName: "name"))
  var cluster: String?

  @Option(help: ArgumentHelp("Only those of this router pool.", valueName: "name"))
  var pool: String?

  func run() async throws {
    try await options.show(.probes, [("cluster", cluster), ("pool", pool)], as: Tables.probes)
  }
}
