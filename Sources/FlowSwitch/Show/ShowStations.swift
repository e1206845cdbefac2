import ArgumentParser
import Management

struct ShowStations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stations", abstract: "A row a station: MAC, VLAN, port, age.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this port.", valueName: "name"))
  var port: String?

  @Option(help: ArgumentHelp("Only this VLAN; 0: untagged.", valueName: "id"))
  var vlan: Int?

  func run() async throws {
    try await options.show(.stations, [("port", port), ("vlan", vlan.map(String.init))], as: Tables.stations)
  }
}
