import ArgumentParser
import Management

struct ShowARP: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arp",
    abstract: "A row an address that the switch answers for, or a neighbour that it knows.")

  @OptionGroup var options: ShowOptions

  @Option(help: ArgumentHelp("Only this VLAN; 0: untagged.", valueName: "id"))
  var vlan: Int?

  func run() async throws {
    try await options.show(.arp, [("vlan", vlan.map(String.init))], as: Tables.arp)
  }
}
