/// What the word for a state means to an operator: the same in tables, in `top` and wherever else states are shown.
public enum StateMeaning: Int, Comparable, CaseIterable, Sendable {
  /// Neither: a standby, a bucket that is steady, a word of a newer version.
  case plain
  case good
  /// Somebody should look at it, or wait for its end.
  case warning
  case bad

  /// - Parameter word: a state, a link's state or an admin state, as rows have them.
  public init(_ word: String) {
    switch word {
    case "up", "operational", "primary", "enabled", "reachable": self = .good
    case "down", "absent", "failed", "secondary-failed", "conflict", "empty": self = .bad
    case "degraded", "unresolved", "draining", "disabled", "asking", "observing", "transit", "damped":
      self = .warning
    default: self = .plain
    }
  }

  /// What the kind of an event means; where it says nothing, its severity does.
  public init(event: EventRow) {
    switch event.kind {
    case "member-up", "router-up", "link-up", "cluster-restored", "primary", "drained": self = .good
    case "member-down", "router-down", "link-down", "cluster-failed": self = .bad
    default: self = event.severity == "warning" ? .warning : .plain
    }
  }

  public static func < (left: StateMeaning, right: StateMeaning) -> Bool { left.rawValue < right.rawValue }
}
