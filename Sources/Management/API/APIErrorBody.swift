import SwitchModel

/// The JSON of an `APIError`.
struct APIErrorBody: Codable, Hashable, Sendable {
  struct Content: Codable, Hashable, Sendable {
    var code: String
    var message: String
    /// With the code `faulty`.
    var faults: [Diagnostic]?
  }
  var error: Content

  init(_ error: APIError) {
    self.error = Content(
      code: error.code.rawValue, message: error.message, faults: error.faults.isEmpty ? nil : error.faults)
  }
}
