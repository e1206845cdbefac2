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
    case `internal`
  }
  public var code: Code
  public var message: String
  /// The methods that the path has, with `methodNotAllowed`.
  var allowed: [String] = []

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(allowed: [String]) {
    self.init(
      .methodNotAllowed,
      "only \(allowed.joined(separator: " and ")) \(allowed.count == 1 ? "is" : "are") allowed here")
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

  /// RFC 9110 §15.
  var status: Int {
    switch code {
    case .notFound: 404
    case .invalid, .malformed: 400
    case .unavailable: 503
    case .busy: 409
    case .methodNotAllowed: 405
    case .tooLarge: 413
    case .internal: 500
    }
  }
}
