import ArgumentParser
import Management

struct ShowPorts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ports", abstract: "A row a port: link, datapath, packets, bytes, drops, stations.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this port.", valueName: "name"))
  var port: String?

  func run() async throws {
    try await options.show(.ports, [("port", port)], as: Tables.ports)
  }
}
