import ArgumentParser
import Management
import SwitchModel

struct ShowVersion: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "The daemon's version, its datapath and why that one.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(VersionRow.self, .version) { version, _ in Tables.text(of: version) }
  }
}
