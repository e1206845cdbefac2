import ArgumentParser
import Management

/// What every command takes that asks a daemon.
struct SocketOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The switch: path of its control socket, or its name. (default: the only one that runs)",
      valueName: "path"))
  var socket: String?

  /// The daemon to ask.
  func client() async throws(CommandFailure) -> ControlClient {
    ControlClient(path: try await path())
  }

  private func path() async throws(CommandFailure) -> String {
    if let socket {
      return socket.contains("/") || socket.hasSuffix(".sock") ? socket : ControlSocket.path(ofSwitch: socket)
    }
    let directory = SocketDirectory()
    let answering = await directory.answering()
    if let only = answering.first, answering.count == 1 { return only }
    guard answering.isEmpty else {
      throw CommandFailure(
        .usage, "several switches run; choose one with --socket: \(answering.joined(separator: ", "))")
    }
    let dead = directory.sockets()
    throw CommandFailure(
      .noDaemon,
      dead.isEmpty
        ? "no daemon answers: no socket in \(directory.path)"
        : "no daemon answers: \(dead.joined(separator: ", "))")
  }
}
