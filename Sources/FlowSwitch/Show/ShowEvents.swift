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
        flowswitch show events --kind primary --subject pair    # who was primary of the cluster, and why
        flowswitch show events --follow --json | jq -r 'select(.severity == "warning") | .subject'
      """)

  @OptionGroup var options: ShowOptions

  @Flag(help: "Go on: show events as they come.")
  var follow = false

  @Option(help: ArgumentHelp("Only the newest of those kept.", valueName: "number"))
  var limit: Int?

  @Option(
    help: ArgumentHelp("Only events of this kind (docs/events.md); may be repeated.", valueName: "kind"))
  var kind: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only events about this port, cluster, member or router; a cluster's are its members' too.",
      valueName: "subject"))
  var subject: String?

  private var hasFilter: Bool { !kind.isEmpty || subject != nil }

  /// Whether the filters let an event through.
  static func matches(_ row: EventRow, kinds: [String], subject: String?) -> Bool {
    guard kinds.isEmpty || kinds.contains(row.kind) else { return false }
    guard let subject else { return true }
    return row.subject == subject || row.subject.hasPrefix(subject + "/")
  }

  func validate() throws {
    guard limit.map({ (1...1_000_000).contains($0) }) ?? true else {
      throw ValidationError("--limit: expected a number from 1 to 1000000")
    }
  }

  func run() async throws {
    if !follow && hasFilter { return try await showFiltered() }
    guard follow else {
      return try await options.show(.events, [("limit", limit.map(String.init))], as: Tables.events)
    }
    let client = try await options.client()
    let (json, limit, kinds, subject, hasFilter) = (options.json, limit, kind, subject, hasFilter)
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
          [EventRow].self, .events, [("limit", hasFilter ? nil : limit.map(String.init))]
        ).value
        let wanted = kept.filter { Self.matches($0, kinds: kinds, subject: subject) }
        for row in wanted.suffix(limit ?? wanted.count) { try show(row, Array(try JSONText.of(row).utf8)) }
        for try await (row, text) in client.followEvents(after: kept.last?.number ?? 0)
        where Self.matches(row, kinds: kinds, subject: subject) {
          try show(row, text)
        }
      }
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
  }

  private func showFiltered() async throws {
    let console = Console.current
    let client = try await options.client()
    do {
      let kept = try await client.get([EventRow].self, .events, []).value
      let wanted = kept.filter { Self.matches($0, kinds: kind, subject: subject) }
      let rows = Array(wanted.suffix(limit ?? wanted.count))
      if options.json {
        try console.write(Array(try JSONText.of(rows).utf8) + [UInt8(ascii: "\n")])
      } else {
        let numbers: NumberStyle = options.human ? .human : .exact
        try console.write(
          Tables.events.text(rows, numbers: numbers, colour: options.color.applies(to: console)))
      }
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
  }
}
