import ArgumentParser
import SwitchModel

struct EnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Lets a member or router serve again.",
    discussion: """
      Example:
        flowswitch enable web/s1
      """)

  @OptionGroup var options: AdminOptions

  func run() async throws {
    _ = try await options.set(.enabled)
    try Console.current.write("\(options.member.name) is enabled\n")
  }
}
