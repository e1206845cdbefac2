import SwitchModel

/// What a client sends to change an admin state: `{"state":"draining"}`.
struct AdminStateBody: Codable, Hashable, Sendable {
  var state: String

  init(_ state: AdminState) { self.state = state.rawValue }
}
