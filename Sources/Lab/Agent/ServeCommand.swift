import ArgumentParser
import Glibc
import Wire

/// A server that answers with its name, HTTP over TCP and plain text over UDP, in the manner that a file tells it.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Answer with a name.", shouldDisplay: false)

  @Option var name: String
  @Option var port: UInt16
  /// The addresses to serve; answers over UDP come from the one that was asked.
  @Option var address: [String] = []
  /// The file with the manner (`ServeMode`).
  @Option var mode = "/dev/null"
  /// Reads whatever comes, and answers nothing.
  @Flag var sink = false

  func run() throws {
    try LabCommand.reporting {
      Interrupt.install()
      let addresses = try address.map { text in
        guard let address = IPAddress(text) else { throw LabError(.usage, "'\(text)' is no address") }
        return address
      }
      var server = try Server(name: name, addresses: addresses, port: port, modeFile: mode, isSink: sink)
      do {
        while true {
          try Interrupt.check()
          server.step()
        }
      } catch let error as LabError where error.isInterruption {
      }
    }
  }
}
