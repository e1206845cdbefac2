import ArgumentParser
import SwitchModel

struct DisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Takes a member or router out at once; its connections move and break.",
    discussion: """
      Kept until `enable`, also when the daemon is started again. `drain` does it gently.

      Example:
        flowswitch disable web/s1
      """)

  @OptionGroup var options: AdminOptions

  func run() async throws {
    _ = try await options.set(.disabled)
    try Console.current.write("\(options.member.name) is disabled\n")
  }
}
