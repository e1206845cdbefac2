public import SwitchModel

extension Tables {
  public static let routers = Table<RouterRow>([
    .text("POOL") { $0.pool },
    .text("ROUTER") { $0.name },
    .text("ADDRESS") { $0.address },
    .text("MAC") { $0.mac },
    .text("PORT") { $0.port },
    .number("WEIGHT") { $0.weight },
    .state("ADMIN") { $0.admin_state.rawValue },
    .state("STATE") { $0.state },
    .number("SERVERS") { $0.servers },
    .number("BUCKETS") { $0.buckets },
    .counter("PACKETS") { $0.packets },
    .counter("BYTES") { $0.bytes },
    .counter("PACKETS/S") { $0.packets_per_second },
    .counter("BYTES/S") { $0.bytes_per_second },
    .text("LAST-CHANGE") { $0.last_change },
  ])

  /// What went wrong is told in words, so it stands last.
  public static let probes = Table<ProbeRow>([
    .text("TARGET") { $0.targets.joined(separator: ",") },
    .text("KIND") { $0.kind },
    .state("STATE") { $0.state },
    Column("LATENCY", .right) { row, _ in Cell(row.latency_ms.flatMap(milliseconds)) },
    .counter("SUCCESSES") { $0.successes },
    .counter("FAILURES") { $0.failures },
    .text("CHANGED") { $0.changed_at },
    .text("LAST-RESULT") { $0.last_result },
  ])

  /// Cause and effect are sentences, so they stand last.
  public static let events = Table<EventRow>([
    Column("NUMBER", .right) { row, _ in Cell("\(row.number)") },
    .text("TIME") { $0.time },
    Column("KIND") { row, _ in Cell(row.kind, EventLine.tone(of: row)) },
    .text("SUBJECT") { $0.subject },
    .number("MOVED") { $0.buckets_moved },
    .text("CAUSE; EFFECT") { EventLine.why($0) },
  ])

  /// Step by step, then what comes of it.
  public static func text(of explanation: Explanation, colour: Bool = false) -> String {
    let tables = explanation.steps.map { Cell($0.table).safeText }
    let width = tables.reduce(0) { max($0, $1.count) }
    var text = "direction  \(Cell(explanation.direction).safeText)\n"
    for (table, step) in zip(tables, explanation.steps) {
      let padding = String(repeating: " ", count: width - table.count)
      text += "  \(table)\(padding)  \(Cell(step.text).safeText)\n"
    }
    var verdict = explanation.verdict
    if let reason = explanation.reason { verdict += " (\(reason))" }
    if let cluster = explanation.cluster {
      verdict += " to \(cluster)" + (explanation.member.map { "/\($0)" } ?? "")
    }
    if let port = explanation.port { verdict += " by \(port)" }
    if let mac = explanation.destination_mac { verdict += ", destination MAC \(mac)" }
    let safe = Cell(verdict).safeText
    let tone: Cell.Tone =
      switch explanation.verdict {
      case "drop": .bad
      case "forward", "reply": .good
      default: .plain
      }
    return text + "verdict    \(colour ? Paint.tone(safe, tone) : safe)\n"
  }

  /// Three digits are more than a network's time can bear.
  private static func milliseconds(_ value: Double) -> String? {
    guard value.isFinite, value >= 0, value < 1e9 else { return nil }
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)ms"
  }
}
