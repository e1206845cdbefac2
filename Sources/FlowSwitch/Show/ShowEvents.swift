import ArgumentParser
import Management
import SwitchModel

struct ShowEvents: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "What happened: each change of state with its cause and what followed.",
    discussion: """
      Oldest first. With --follow new ones are shown as they come, until Ctrl-C; with --json too each is then a line of \
      its own.

      Examples:
        flowswitch show events --limit 20
        flowswitch show events --follow --json | jq -r 'select(.severity == "warning") | .subject'
      """)

  @OptionGroup var options: ShowOptions

  @Flag(help: "Go on: show events as they come.")
  var follow = false

  @Option(help: ArgumentHelp("Only the newest of those kept.", valueName: "number"))
  var limit: Int?

  func validate() throws {
    guard limit.map({ (1...1_000_000).contains($0) }) ?? true else {
      throw ValidationError("--limit: expected a number from 1 to 1000000")
    }
  }

  func run() async throws {
    guard follow else {
      return try await options.show(.events, [("limit", limit.map(String.init))], as: Tables.events)
    }
    let client = try await options.client()
    let (json, limit) = (options.json, limit)
    let console = Console.current
    let colour = options.color.applies(to: console)
    let show = { @Sendable (row: EventRow, text: [UInt8]) throws(ConsoleError) in
      if json {
        try console.write(text + [UInt8(ascii: "\n")])
      } else {
        try console.write(EventLine.text(of: row, colour: colour))
      }
    }
    do {
      // The end that an operator wants is a good one.
      _ = try await untilInterrupted {
        let kept = try await client.get(
          [EventRow].self, .events, [("limit", limit.map(String.init))]
        ).value
        for row in kept { try show(row, Array(try JSONText.of(row).utf8)) }
        for try await (row, text) in client.followEvents(after: kept.last?.number ?? 0) {
          try show(row, text)
        }
      }
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
  }
}
