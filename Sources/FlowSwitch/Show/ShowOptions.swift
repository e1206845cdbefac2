import ArgumentParser
import Management

/// What every `show` takes.
struct ShowOptions: ParsableArguments {
  @Flag(name: [.customShort("j"), .long], help: "JSON, as the daemon sends it.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The switch: path of its control socket, or its name. (default: the only one that runs)",
      valueName: "path"))
  var socket: String?

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourArgument.auto

  @Flag(help: "Short counters: 1.21M for 1213000.")
  var human = false

  /// The daemon to ask.
  func client() async throws(CommandFailure) -> ControlClient {
    ControlClient(path: try await socketPath())
  }

  private func socketPath() async throws(CommandFailure) -> String {
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

  /// Asks for rows and writes them.
  func show<Row: Decodable & Sendable>(
    _ resource: Resource, _ parameters: [(name: String, value: String?)] = [],
    timeout: Duration = .seconds(10),
    as table: Table<Row>
  ) async throws {
    try await show([Row].self, resource, parameters, timeout: timeout) { rows, colour in
      table.text(rows, numbers: human ? .human : .exact, colour: colour)
    }
  }

  func show<Value: Decodable & Sendable>(
    _ type: Value.Type, _ resource: Resource, _ parameters: [(name: String, value: String?)] = [],
    timeout: Duration = .seconds(10), text: (_ value: Value, _ colour: Bool) -> String
  ) async throws {
    let console = Console.current
    let client = try await client()
    do {
      if json {
        let bytes = try await client.get(resource, parameters, timeout: timeout)
        return try console.write(bytes + [UInt8(ascii: "\n")])
      }
      let answer = try await client.get(type, resource, parameters, timeout: timeout)
      try console.write(text(answer.value, color.applies(to: console)))
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
  }
}

extension CommandFailure {
  init(_ error: ControlClientError) {
    switch error {
    case .noDaemon, .timedOut, .badAnswer: self.init(.noDaemon, error.description)
    case .forbidden, .refused: self.init(.refused, error.description)
    }
  }
}
