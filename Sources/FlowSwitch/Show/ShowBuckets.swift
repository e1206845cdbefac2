import ArgumentParser
import Management

struct ShowBuckets: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "buckets", abstract: "A row a bucket: the member it goes to, and the one it came from.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this cluster.", valueName: "name"))
  var cluster: String?

  func run() async throws {
    try await options.show(.buckets, [("cluster", cluster)], as: Tables.buckets)
  }
}
