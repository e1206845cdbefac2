/// What who asks may do. Each includes those before it.
///
/// The control socket's clients may do everything: its file's permissions say who they are. On TCP a token says it
/// (`TokenFile`).
public enum Role: String, CaseIterable, Codable, Comparable, Sendable {
  /// To look at everything: every GET but captures.
  case read
  /// To ask the datapath, to capture, and to set admin states.
  case operate
  /// To change the configuration.
  case configure

  public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .read: 0
    case .operate: 1
    case .configure: 2
    }
  }
}
