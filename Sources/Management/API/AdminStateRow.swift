public import SwitchModel

/// The answer to a change of an admin state.
public struct AdminStateRow: Codable, Hashable, Sendable {
  /// `cluster/member` or `pool/router`.
  public var member: String
  public var state: AdminState

  init(member: String, state: AdminState) {
    self.member = member
    self.state = state
  }
}
