import ArgumentParser
import Management
import SwitchModel
import Top

struct TopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Shows ports, clusters, members and routers with their rates, live in the terminal.",
    discussion: """
      Keys: p ports, c clusters, m members, r routers, d drops, e events, Tab the next of them; s and S sort by the \
      next and the previous column, o turns the order round; / shows only rows that contain a text; arrows, PgUp, \
      PgDn, Home and End scroll; Space pauses; + and - change the interval; ? tells them all; q quits.

      Where standard output is no terminal, or with --once, --iterations or --batch, it writes plain text instead: all \
      views, or that of --view, once an interval.

      Rates are those between two looks at the switch; new flows and leaving packets are what the switch counted in \
      its last second. A rate that cannot be known, because a counter began anew, is '-'. If the daemon goes, the last \
      picture stays, greyed, until one answers again.

      Examples:
        flowswitch top
        flowswitch top --view members --sort packets --filter web/
        flowswitch top --once --view ports
        flowswitch top --iterations 60 --interval 10s >> /var/tmp/rates.txt
      """)

  @Option(
    help: ArgumentHelp(
      "The view to begin with, or that of plain text. (default: clusters, in plain text all)",
      valueName: "view"))
  var view: TopView?

  @Option(
    help: ArgumentHelp(
      "The column to sort by: name, state, packets, bits, flows, drops, …; numbers from the largest.",
      valueName: "column"),
    completion: .list(TopCommand.sortKeys))
  var sort: String?

  @Flag(name: .shortAndLong, help: "Sort the other way round.")
  var reverse = false

  @Option(help: ArgumentHelp("Only rows that contain this.", valueName: "text"))
  var filter = ""

  @Option(help: ArgumentHelp("Between two looks, 100ms to 1h.", valueName: "duration"))
  var interval = "1s"

  @Flag(help: "Plain text, once.")
  var once = false

  @Option(help: ArgumentHelp("Plain text, so many times.", valueName: "number"))
  var iterations: Int?

  @Flag(name: .shortAndLong, help: "Plain text until interrupted, on a terminal too.")
  var batch = false

  @OptionGroup var daemon: SocketOption

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourArgument.auto

  /// Of all views.
  static let sortKeys = TopView.allCases.flatMap(\.columns).map(\.key).reduce(into: [String]()) {
    if !$0.contains($1) { $0.append($1) }
  }

  func validate() throws {
    guard let interval = Duration(text: interval), (.milliseconds(100)...(.seconds(3600))).contains(interval)
    else { throw ValidationError("--interval \(interval): expected a duration from 100ms to 1h") }
    if let iterations, !(1...1_000_000_000).contains(iterations) {
      throw ValidationError("--iterations: expected a number from 1 to 1000000000")
    }
    if once, iterations != nil { throw ValidationError("--once is --iterations 1; give one of them") }
    if reverse, sort == nil { throw ValidationError("--reverse turns the order of --sort round") }
    if let sort {
      let known = view.map { $0.columns.map(\.key) } ?? TopCommand.sortKeys
      guard known.contains(sort) else {
        throw ValidationError("--sort \(sort): expected one of \(known.joined(separator: ", "))")
      }
    }
  }

  func run() async throws {
    let console = Console.current
    let client = try await daemon.client()
    let interval = Duration(text: interval) ?? .seconds(1)
    let characters = CharacterSet(environment: console.environment)
    let model = TopModel(view: view ?? .clusters, sort: order, filter: filter, interval: interval)
    let isPlain = once || batch || iterations != nil
    do {
      if !isPlain, console.isTerminal, TopCommand.canMove(console.environment("TERM")),
        let terminal = Terminal()
      {
        let colour = color.applies(to: console)
        try await TopSession(terminal, characters, colour: colour).run(model, TopSampler(client))
      } else {
        let text = TopText(characters, colour: color.applies(to: console))
        let batch = TopBatch(
          text: text, views: view.map { [$0] } ?? TopView.allCases.filter { $0 != .events },
          iterations: once ? 1 : iterations)
        _ = try await untilInterrupted { try await batch.run(model, TopSampler(client)) }
      }
    } catch let error as ControlClientError {
      throw CommandFailure(error)
    }
  }

  private var order: TopSort? {
    guard let sort else { return nil }
    let columns = view.map(\.columns) ?? TopView.allCases.flatMap(\.columns)
    let isDescending = columns.first { $0.key == sort }?.isDescendingFirst ?? false
    return TopSort(key: sort, isDescending: isDescending != reverse)
  }

  /// A terminal without a name, and a dumb one, cannot move its cursor.
  private static func canMove(_ term: String?) -> Bool {
    guard let term, !term.isEmpty else { return false }
    return term != "dumb"
  }
}

extension TopView: ExpressibleByArgument {}
