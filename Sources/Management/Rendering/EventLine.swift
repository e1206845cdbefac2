public import SwitchModel

/// An event as a line of its own, where no table can know how wide the next one is.
public enum EventLine {
  /// `2025-01-02T03:04:05.678Z  member-down  web/s2  http: status 503; 2 buckets moved (2 buckets)`
  public static func text(of row: EventRow, colour: Bool = false) -> String {
    let kind = padded(row.kind, 16)
    let moved = row.buckets_moved == 0 ? "" : " (\(row.buckets_moved) buckets)"
    let head = "\(Cell(row.time).safeText)  "
    let tail = "  \(padded(row.subject, 20))  \(Cell(why(row)).safeText)\(moved)\n"
    return head + (colour ? Paint.tone(kind, tone(of: row)) : kind) + tail
  }

  static func tone(of row: EventRow) -> Cell.Tone { Cell.Tone(StateMeaning(event: row)) }

  static func why(_ row: EventRow) -> String {
    row.effect.isEmpty ? row.cause : "\(row.cause); \(row.effect)"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    let safe = Cell(text).safeText
    return safe + String(repeating: " ", count: max(0, width - safe.count))
  }
}
