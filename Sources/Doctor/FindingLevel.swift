/// How much a finding matters.
public enum FindingLevel: String, CaseIterable, Codable, Comparable, Sendable {
  /// As it should be.
  case ok
  /// Good to know; nothing needs to be done.
  case note
  /// It will run, with a drawback.
  case warning
  /// It will not run, or not forward.
  case fault

  public static func < (one: FindingLevel, other: FindingLevel) -> Bool { one.rank < other.rank }

  private var rank: Int {
    switch self {
    case .ok: 0
    case .note: 1
    case .warning: 2
    case .fault: 3
    }
  }
}
