/// What happens to a switch as a whole, beside what it sees itself: recorded as an event.
public enum OperatorNote: Hashable, Sendable {
  /// Another configuration is in effect.
  case applied(cause: String, effect: String)
  /// It did not start; the former one is in effect again.
  case applyFailed(reason: String)
  /// Certificate, key or tokens were read again.
  case credentialsLoaded(path: String, effect: String)
  /// They cannot be used: those before go on to count.
  case credentialsRejected(path: String, reason: String)
}
