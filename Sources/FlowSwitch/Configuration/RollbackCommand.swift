import ArgumentParser
import Management

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Goes back to the configuration before the last change.",
    discussion: """
      Also while the last one waits to be confirmed. A second rollback goes back to where the first one came from.

      Example:
        flowswitch rollback
      """)

  @OptionGroup var daemon: SocketOption

  func run() async throws {
    let console = Console.current
    let client = try await daemon.client()
    do {
      _ = try await TerminalLine.during(
        "the switch takes the former configuration back; it goes on if you leave"
      ) {
        try await client.change(.rollback)
      }
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
    try console.write("the former configuration is in effect\n")
  }
}
