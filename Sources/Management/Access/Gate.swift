import Synchronization

/// Says who on TCP may do what: by the bearer token (RFC 6750 §2.1) where the switch has tokens; without, everybody may
/// read.
final class Gate: Sendable {
  let tokens: TokenStore?
  private let now: @Sendable () -> ContinuousClock.Instant
  private let limiter = Mutex(FailureLimiter())

  init(
    tokens: TokenStore?,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    self.tokens = tokens
    self.now = now
  }

  /// - Parameters:
  ///   - authorization: the field's value.
  ///   - address: where the caller is; wrong tokens are counted by it.
  func access(authorization: String?, from address: String) -> Access {
    guard let tokens else { return .granted(.read) }
    // Who shows nothing guesses nothing: a page that is opened before its token is typed.
    guard let authorization else {
      return .refused(APIError(.unauthorized, "a token is needed: Authorization: Bearer TOKEN"))
    }
    let now = now()
    if let wait = limiter.withLock({ $0.wait(of: address, at: now) }) {
      var error = APIError(.rateLimited, "too many wrong tokens from \(address)")
      error.retryAfter = Int(wait.components.seconds) + 1
      return .refused(error)
    }
    guard let token = Gate.bearerToken(authorization) else {
      return fail(
        address, now, APIError(.unauthorized, "not a bearer token: Authorization: Bearer TOKEN"))
    }
    guard token.utf8.count >= Token.minimumLength else {
      return fail(
        address, now,
        APIError(
          .weakToken,
          "a token of \(token.utf8.count) characters could be guessed; make one with flowswitch token new"
        ))
    }
    let file = tokens.current
    guard token.utf8.count <= Token.maximumLength, let entry = file.entry(for: token) else {
      return fail(address, now, APIError(.unauthorized, "the token is not known"))
    }
    return .granted(entry.role)
  }

  private func fail(_ address: String, _ now: ContinuousClock.Instant, _ error: APIError) -> Access {
    limiter.withLock { $0.fail(address, at: now) }
    return .refused(error)
  }

  /// The scheme's name is written in any case (RFC 9110 §11.1).
  static func bearerToken(_ field: String) -> String? {
    let words = field.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return String(words[1])
  }
}
