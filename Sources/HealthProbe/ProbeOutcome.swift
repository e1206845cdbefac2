/// What a single probe found.
public enum ProbeOutcome: Hashable, Sendable {
  case success
  /// Why not, short and plain: `connection refused`, `no answer within 500ms`, `status 503`.
  case failure(String)

  public var isSuccess: Bool { self == .success }

  /// `ok`, or what went wrong.
  public var text: String {
    switch self {
    case .success: "ok"
    case .failure(let text): text
    }
  }
}
