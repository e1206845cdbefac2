/// What of an HTTP request the API looks at.
struct APIRequest: Hashable, Sendable {
  var method: String
  /// Without the query, as sent.
  var path: String
  /// Without the `?`; nil if there is none.
  var query: String?
}
