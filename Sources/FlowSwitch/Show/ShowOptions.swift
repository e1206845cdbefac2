import ArgumentParser
import Management

/// What every `show` takes.
struct ShowOptions: ParsableArguments {
  @Flag(name: [.customShort("j"), .long], help: "JSON, as the daemon sends it.")
  var json = false

  @OptionGroup var daemon: SocketOption

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourArgument.auto

  @Flag(help: "Short counters: 1.21M for 1213000.")
  var human = false

  func client() async throws(CommandFailure) -> ControlClient { try await daemon.client() }

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
    case .faulty: self.init(.usage, error.description)
    }
  }
}
