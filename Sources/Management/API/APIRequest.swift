/// What of an HTTP request the API looks at.
struct APIRequest: Hashable, Sendable {
  var method: String
  /// Without the query, as sent.
  var path: String
  /// Without the `?`; nil if there is none.
  var query: String?
  /// Of the methods that have one; within the server's limits.
  var body: [UInt8] = []

  /// The answer takes its time, so it should end when the client goes.
  var isLong: Bool { path == API.prefix + Resource.flows.rawValue }

  /// The method carries a body.
  var hasBody: Bool { method == "POST" || method == "PUT" }
}
