import SwitchModel

/// A refusal as it goes over the wire: `{"error":{"code":"not-found","message":"…"}}`. The codes are part of the
/// contract with scripts.
public struct APIError: Error, Hashable, Sendable {
  public enum Code: String, Codable, CaseIterable, Sendable {
    case notFound = "not-found"
    case invalid
    case unavailable
    case busy
    case methodNotAllowed = "method-not-allowed"
    case tooLarge = "too-large"
    /// The bytes are no HTTP request.
    case malformed
    /// No token, or none that is known.
    case unauthorized
    /// A token that could be guessed.
    case weakToken = "weak-token"
    /// The token's role does not include this.
    case forbidden
    /// Too many wrong tokens from there.
    case rateLimited = "rate-limited"
    /// As many readers of the stream as there may be.
    case tooManyStreams = "too-many-streams"
    /// The configuration is wrong; `faults` says where and how.
    case faulty
    case `internal`
  }
  public var code: Code
  public var message: String
  /// The methods that the path has, with `methodNotAllowed`.
  var allowed: [String] = []
  /// Seconds after which it may be tried again.
  var retryAfter: Int?
  /// Of a configuration, with `faulty`.
  var faults: [Diagnostic] = []

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(allowed: [String]) {
    self.init(
      .methodNotAllowed,
      "only \(allowed.joined(separator: " and ")) \(allowed.count == 1 ? "is" : "are") allowed here"
    )
    self.allowed = allowed
  }

  init(_ error: OperationError) {
    switch error.code {
    case .notFound: code = .notFound
    case .invalid: code = .invalid
    case .unavailable: code = .unavailable
    case .busy: code = .busy
    }
    message = error.message
  }

  init(_ refusal: ConfigurationRefusal) {
    self.init(refusal.error)
    faults = refusal.faults
    if !faults.isEmpty { code = .faulty }
  }

  var status: Int { code.status }
}

extension APIError.Code {
  /// RFC 9110 §15, RFC 6585 §4. A head that is too large is answered with 431.
  var status: Int {
    switch self {
    case .notFound: 404
    case .invalid, .malformed: 400
    case .unavailable, .tooManyStreams: 503
    case .busy: 409
    case .methodNotAllowed: 405
    case .tooLarge: 413
    case .faulty: 422
    case .unauthorized, .weakToken: 401
    case .forbidden: 403
    case .rateLimited: 429
    case .internal: 500
    }
  }

  /// In the API's description.
  var meaning: String {
    switch self {
    case .notFound: "There is no such path, cluster, pool, port, member or router."
    case .invalid: "A parameter or the body is wrong; the message says which and what was expected."
    case .unavailable: "The switch cannot do it now."
    case .busy: "Somebody else does it already."
    case .methodNotAllowed: "The path has other methods; they are in the field Allow."
    case .tooLarge:
      "The body (413) or the header fields (431) are larger than anything the API takes."
    case .malformed: "The bytes are not an HTTP/1.1 request."
    case .unauthorized: "The address asks for a token, and none came, or none that is known."
    case .weakToken:
      "The token is so short that it could be guessed; it is refused even if it is listed."
    case .forbidden: "The token's role does not include this."
    case .rateLimited:
      "Too many wrong tokens came from this address; the field Retry-After says when to try again."
    case .tooManyStreams: "As many clients read the stream as may."
    case .faulty: "The configuration has faults; each is told with its line, column and path."
    case .internal: "A fault of the switch."
    }
  }
}
