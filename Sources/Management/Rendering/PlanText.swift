public import SwitchModel

/// A plan as people read it: `+` added, `~` changed, `-` removed, `!` what hurts.
public enum PlanText {
  public static func text(of plan: ConfigurationPlan, colour: Bool) -> String {
    var lines = plan.changes.map { line(of: $0, colour) }
    if !plan.moves.isEmpty {
      lines.append("")
      lines.append("Buckets that move (connections stay where they are until they end):")
      for move in plan.moves { lines += text(of: move) }
    }
    if !plan.breaks.isEmpty {
      lines.append("")
      lines.append("Connections that break:")
      lines += plan.breaks.map {
        alarm("\($0.subject): \($0.reason) (\($0.packets_per_second) packets/s now)", colour)
      }
    }
    if !plan.interruptions.isEmpty {
      lines.append("")
      lines.append("Interruptions:")
      lines += plan.interruptions.map { alarm($0, colour) }
    }
    if !plan.growth.isEmpty {
      lines.append("")
      lines.append("Larger tables, which go on with what is in those of now (it takes some seconds):")
      lines += plan.growth.map { Cell("  \($0.table): \($0.before) → \($0.after)").safeText }
    }
    if !plan.refusals.isEmpty {
      lines.append("")
      lines.append("Not while the switch runs:")
      lines += plan.refusals.map { alarm($0, colour) }
    }
    if !lines.isEmpty { lines.append("") }
    lines.append(summary(of: plan))
    return lines.joined(separator: "\n") + "\n"
  }

  /// `3 changes; 256 buckets move; no connection breaks`
  public static func summary(of plan: ConfigurationPlan) -> String {
    if plan.isEmpty { return "nothing changes" }
    if !plan.refusals.isEmpty { return "this cannot be applied to a running switch" }
    let moved = plan.moves.reduce(0) { $0 + $1.buckets_moved }
    return [
      count(plan.changes.count, "change"),
      moved == 0 ? "no bucket moves" : "\(count(moved, "bucket")) move\(moved == 1 ? "s" : "")",
      plan.isDisruptive
        ? plan.breaks.isEmpty ? "forwarding is interrupted" : "connections break" : "no connection breaks",
    ].joined(separator: "; ")
  }

  private static func count(_ number: Int, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }

  private static func line(of change: PlannedChange, _ colour: Bool) -> String {
    let (sign, tone): (String, Cell.Tone) =
      switch change.kind {
      case .added: ("+", .good)
      case .changed: ("~", .warning)
      case .removed: ("-", .bad)
      }
    let details = change.details.isEmpty ? "" : ": " + change.details.joined(separator: ", ")
    let subject = change.subject == .pool ? "router pool" : change.subject.rawValue
    let text = Cell("\(sign) \(subject) \(change.name)\(details)").safeText
    return colour ? Paint.tone(text, tone) : text
  }

  private static func text(of move: PlannedMove) -> [String] {
    let head =
      "  \(move.cluster): \(move.buckets_moved) of \(move.buckets); there are about \(move.packets_per_second) packets/s and \(move.new_flows_per_second) new flows/s in them"
    let width = move.members.map(\.member.count).max() ?? 0
    return [Cell(head).safeText]
      + move.members.map { share in
        let name = share.member + String(repeating: " ", count: max(0, width - share.member.count))
        return Cell("    \(name)  \(share.before) → \(share.after)").safeText
      }
  }

  private static func alarm(_ text: String, _ colour: Bool) -> String {
    let line = Cell("  ! \(text)").safeText
    return colour ? Paint.tone(line, .bad) : line
  }
}
