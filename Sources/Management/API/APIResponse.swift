/// An answer of the API; always JSON.
struct APIResponse: Sendable {
  enum Body: Sendable {
    case whole([UInt8])
    /// For lists that are long: one page after the other, so that the daemon never holds all of it.
    case pages(@Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void)
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
    if error.code == .methodNotAllowed { allow = "GET, HEAD" }
  }
}
