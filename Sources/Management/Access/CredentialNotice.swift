/// What became of a file that says who may come in, or proves who the switch is.
public enum CredentialNotice: Hashable, Sendable {
  /// It was read again and counts from now on, for what comes anew.
  case loaded(path: String, effect: String)
  /// It cannot be used: what was read before goes on to count.
  case rejected(path: String, reason: String)

  public var path: String {
    switch self {
    case .loaded(let path, _), .rejected(let path, _): path
    }
  }
}
