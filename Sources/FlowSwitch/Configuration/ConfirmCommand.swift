import ArgumentParser
import Management

struct ConfirmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "Keeps the configuration that was applied with --confirm.",
    discussion: """
      Without it the former one comes back when the time is over.

      Example:
        flowswitch apply --confirm 60s fs1.yaml && flowswitch confirm
      """)

  @OptionGroup var daemon: SocketOption

  func run() async throws {
    let console = Console.current
    let client = try await daemon.client()
    do throws(ControlClientError) {
      _ = try await client.change(.confirm)
    } catch {
      throw CommandFailure(error)
    }
    try console.write("confirmed\n")
  }
}
