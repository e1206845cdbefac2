import SwitchModel

extension OpenAPI {
  static func configurationPath(of action: Action) -> JSONTree {
    let route = Route.action(action)
    let yaml: JSONTree = ["type": "string"]
    let outcome: JSONTree = ["application/json": ["schema": reference("ConfigurationOutcome")]]
    switch action {
    case .plan:
      return [
        "post": operation(
          route, "POST", id: "plan-configuration",
          "What another configuration would do: changes, buckets that move, connections that break. Faults are 422.",
          content: ["application/json": ["schema": reference("ConfigurationPlan")]], body: yaml,
          bodyType: "application/yaml")
      ]
    case .confirm:
      return [
        "post": operation(
          route, "POST", id: "confirm-configuration", "Keeps what was applied with `confirm`.",
          content: outcome)
      ]
    case .rollback:
      return [
        "post": operation(
          route, "POST", id: "rollback-configuration", "The former configuration again.", content: outcome)
      ]
    case .reload:
      return [
        "post": operation(
          route, "POST", id: "reload-configuration",
          "Applies the file that the daemon was started with, and reads certificate, key and tokens again.",
          content: outcome)
      ]
    default:
      return [
        "get": operation(
          route, "GET", id: "get-configuration", "The configuration that runs, as text.",
          content: ["application/yaml": ["schema": yaml]]),
        "put": operation(
          route, "PUT", id: "apply-configuration",
          "Applies another configuration, all or nothing. Faults are 422; a change under way is 409.",
          content: outcome, body: yaml, bodyType: "application/yaml"),
      ]
    }
  }

  static var configurationSchemas: [String: JSONTree] {
    [
      "ConfigurationPlan": row([
        "changes": list(
          row([
            "kind": oneOf(PlannedChange.Kind.self), "subject": oneOf(PlannedChange.Subject.self),
            "name": text,
            "details": list(text),
          ])),
        "moves": list(
          row([
            "cluster": text, "buckets": count, "buckets_moved": count, "packets_per_second": count,
            "new_flows_per_second": count,
            "members": list(row(["member": text, "before": count, "after": count])),
          ])),
        "breaks": list(row(["subject": text, "reason": text, "packets_per_second": count])),
        "interruptions": list(text), "refusals": list(text),
        "growth": list(row(["table": text, "before": count, "after": count])),
      ]),
      "ConfigurationOutcome": row([
        "changed": truth, "confirm_within_seconds": ["type": ["integer", "null"], "minimum": 0],
        "start_file": text, "is_start_file": truth, "reread": list(text), "warnings": list(text),
      ]),
      "Fault": row([
        "severity": oneOf(["error", "warning"]), "file": text, "line": count, "column": count, "path": text,
        "message": text, "expected": textOrNull,
      ]),
    ]
  }
}
