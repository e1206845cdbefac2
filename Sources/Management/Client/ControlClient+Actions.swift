import NIOHTTP1
public import SwitchModel

extension ControlClient {
  /// What the datapath would do with a packet, and the JSON that it came in.
  public func explain(
    _ question: ExplainQuestion, timeout: Duration = .seconds(10)
  ) async throws(ControlClientError) -> (value: Explanation, json: [UInt8]) {
    let request = ControlRequest(
      method: .POST, target: target("explain", []), body: JSON.encode(question))
    let json = try await send(request, timeout: timeout)
    return (try decode(Explanation.self, json), json)
  }

  /// Sets the admin state of `cluster/member` or `pool/router`.
  public func setAdminState(
    _ state: AdminState, of member: String, timeout: Duration = .seconds(10)
  ) async throws(ControlClientError) -> (value: AdminStateRow, json: [UInt8]) {
    let parts = member.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let place = parts.map { Query.encode(String($0)) }.joined(separator: "/")
    let request = ControlRequest(
      method: .PUT, target: target("members/\(place)/admin-state", []),
      body: JSON.encode(AdminStateBody(state)))
    let json = try await send(request, timeout: timeout)
    return (try decode(AdminStateRow.self, json), json)
  }
}
