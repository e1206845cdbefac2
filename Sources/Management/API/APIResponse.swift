/// An answer of the API: JSON, text, or a stream of events.
struct APIResponse: Sendable {
  /// Writes a part of the answer and returns when there is room for the next.
  typealias Write = ([UInt8]) async throws -> Void
  /// Ends the connection, whatever is under way.
  typealias Drop = @Sendable () -> Void

  enum Body: Sendable {
    case whole([UInt8])
    /// For what is long: one page after the other, so that the daemon never holds all of it.
    case pages(@Sendable (_ write: Write) async throws -> Void)
    /// Server-sent events (WHATWG HTML §9.2), or a capture, until the client or the switch goes.
    case events(@Sendable (_ write: Write, _ drop: @escaping Drop) async throws -> Void)
  }
  var status: Int
  var body: Body
  /// The value of the Allow field, with 405.
  var allow: String?
  /// The value of the field Retry-After in seconds, with 429 and 503.
  var retryAfter: Int?
  var contentType = "application/json"
  /// Nil: of what is no page.
  var contentSecurityPolicy: String?
  /// The caller did not say who it is.
  var asksForToken = false

  init(_ body: Body) {
    self.status = 200
    self.body = body
    if case .events = body { contentType = "text/event-stream" }
  }

  init(_ error: APIError) {
    status = error.status
    body = .whole(JSON.encode(APIErrorBody(error)))
    if error.code == .methodNotAllowed { allow = error.allowed.joined(separator: ", ") }
    retryAfter = error.retryAfter
    asksForToken = status == 401
  }
}
