import ArgumentParser
import Management
import SwitchModel

struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Applies the file that the daemon was started with, all or nothing.",
    discussion: """
      The same as SIGHUP (`systemctl reload flowswitch@NAME`), with an answer. `diff` shows beforehand what would change. \
      The API's certificate, key and tokens are read again too; one that is wrong is told, and the one before stays.

      Example:
        flowswitch reload
      """)

  @OptionGroup var daemon: SocketOption

  func run() async throws {
    let console = Console.current
    let client = try await daemon.client()
    let outcome: ConfigurationOutcome
    do {
      outcome = try await TerminalLine.during(
        "the switch takes over what is in its file; it goes on if you leave"
      ) {
        try await client.change(.reload)
      }
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
    let isSame = !outcome.changed && outcome.reread.isEmpty
    try console.write(isSame ? "nothing changes\n" : "reloaded\n")
    try OutcomeReport.write(outcome, console)
  }
}
