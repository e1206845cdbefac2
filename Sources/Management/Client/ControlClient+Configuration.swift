import NIOHTTP1
public import SwitchModel

extension ControlClient {
  /// A change takes as long as a start: the datapath is loaded and every port taken over.
  public static let changeTimeout = Duration.seconds(110)

  /// The text of the configuration that runs.
  public func configurationText(
    timeout: Duration = .seconds(10)
  ) async throws(ControlClientError) -> [UInt8] {
    var request = ControlRequest(target: target("configuration", []))
    request.accept = "application/yaml"
    return try await send(request, timeout: timeout)
  }

  /// What another configuration would do, and the JSON that it came in.
  public func plan(
    _ text: [UInt8], timeout: Duration = .seconds(60)
  ) async throws(ControlClientError) -> (value: ConfigurationPlan, json: [UInt8]) {
    var request = ControlRequest(method: .POST, target: target("configuration/plan", []), body: text)
    request.contentType = "application/yaml"
    let json = try await send(request, timeout: timeout)
    return (try decode(ConfigurationPlan.self, json), json)
  }

  /// - Parameter confirm: a duration as text, after which the former configuration comes back unless it is confirmed.
  public func apply(
    _ text: [UInt8], confirm: String?, timeout: Duration = changeTimeout
  ) async throws(ControlClientError) -> ConfigurationOutcome {
    var request = ControlRequest(
      method: .PUT, target: target("configuration", [("confirm", confirm)]), body: text)
    request.contentType = "application/yaml"
    return try decode(ConfigurationOutcome.self, try await send(request, timeout: timeout))
  }

  /// `confirm`, `rollback` or `reload`.
  public func change(
    _ verb: ConfigurationVerb, timeout: Duration = changeTimeout
  ) async throws(ControlClientError) -> ConfigurationOutcome {
    let request = ControlRequest(method: .POST, target: target("configuration/\(verb.rawValue)", []))
    return try decode(ConfigurationOutcome.self, try await send(request, timeout: timeout))
  }
}
