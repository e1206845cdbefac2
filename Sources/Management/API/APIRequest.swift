/// What of an HTTP request the API looks at.
struct APIRequest: Hashable, Sendable {
  var method: String
  /// Without the query, as sent.
  var path: String
  /// Without the `?`; nil if there is none.
  var query: String?
  /// Of the methods that have one; within the server's limits.
  var body: [UInt8] = []
  /// The field Last-Event-ID: a reader of events that connects again tells where it was (WHATWG HTML §9.2.4).
  var lastEventID: String?
  /// The field Accept.
  var accept: String?
  /// What the caller may do. The control socket's callers may do everything.
  var access: Access = .granted(.configure)

  /// The answer takes its time, so it should end when the client goes.
  var isLong: Bool { path == API.prefix + Resource.flows.rawValue }

  /// The method carries a body.
  var hasBody: Bool { method == "POST" || method == "PUT" }
}
