import ArgumentParser
import Management
import SwitchModel

struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Applies the file that the daemon was started with, all or nothing.",
    discussion: """
      The same as SIGHUP (`systemctl reload flowswitch@NAME`), with an answer. `diff` shows beforehand what would change.

      Example:
        flowswitch reload
      """)

  @OptionGroup var daemon: SocketOption

  func run() async throws {
    let console = Console.current
    let client = try await daemon.client()
    let outcome: ConfigurationOutcome
    do throws(ControlClientError) {
      outcome = try await client.change(.reload)
    } catch {
      throw CommandFailure(error)
    }
    try console.write(outcome.changed ? "reloaded\n" : "nothing changes\n")
  }
}
