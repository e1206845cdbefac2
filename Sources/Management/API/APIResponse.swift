/// An answer of the API: JSON, or a stream of events.
struct APIResponse: Sendable {
  /// Writes a part of the answer and returns when there is room for the next.
  typealias Write = ([UInt8]) async throws -> Void

  enum Body: Sendable {
    case whole([UInt8])
    /// For lists that are long: one page after the other, so that the daemon never holds all of it.
    case pages(@Sendable (_ write: Write) async throws -> Void)
    /// Server-sent events (WHATWG HTML §9.2), until the client or the switch goes.
    case events(@Sendable (_ write: Write) async throws -> Void)
  }
  var status: Int
  var body: Body
  /// The value of the Allow field, with 405.
  var allow: String?

  init(_ body: Body) {
    self.status = 200
    self.body = body
  }

  init(_ error: APIError) {
    status = error.status
    body = .whole(JSON.encode(APIErrorBody(error)))
    if error.code == .methodNotAllowed { allow = error.allowed.joined(separator: ", ") }
  }

  var contentType: String {
    if case .events = body { return "text/event-stream" }
    return "application/json"
  }
}
