import SwitchModel

extension OpenAPI {
  static let text: JSONTree = ["type": "string"]
  static let textOrNull: JSONTree = ["type": ["string", "null"]]
  static let count: JSONTree = ["type": "integer", "minimum": 0]
  static let truth: JSONTree = ["type": "boolean"]
  private static let time: JSONTree = ["type": "string", "format": "date-time"]

  static func oneOf(_ words: [String]) -> JSONTree {
    ["type": "string", "enum": .list(words.map { .text($0) })]
  }

  static func oneOf<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type)
    -> JSONTree
  {
    oneOf(Word.allCases.map(\.rawValue))
  }

  /// Every key is always there; what has no value is null.
  static func row(_ properties: [String: JSONTree], optional: Set<String> = []) -> JSONTree {
    [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
      "required": .list(
        properties.keys.filter { !optional.contains($0) }.sorted().map { .text($0) }),
    ]
  }

  static var schemas: [String: JSONTree] {
    [
      "Version": row([
        "version": text, "name": text, "pid": count, "datapath": text, "datapath_reason": text,
        "kernel": text,
        "started_at": time, "adopted": truth,
      ]),
      "Port": row([
        "name": text, "role": oneOf(PortRole.self), "link": oneOf(["up", "down", "absent"]),
        "speed_mbps": ["type": ["integer", "null"]], "mode": oneOf(DatapathChoice.self),
        "rx_packets": count,
        "tx_packets": count, "rx_bytes": count, "tx_bytes": count, "rx_dropped": count,
        "tx_dropped": count,
        "stations": count,
      ]),
      "Cluster": row([
        "name": text, "kind": text, "address": text, "virtual_mac": text,
        "mode": oneOf(ClusterMode.self),
        "state": oneOf(MetricsSnapshot.clusterStates), "members_operational": count,
        "members_total": count,
        "buckets": count, "packets": count, "bytes": count,
      ]),
      "Member": member,
      "Bucket": row([
        "cluster": text, "index": count, "member": textOrNull, "previous": textOrNull,
        "state": oneOf(["steady", "observing", "transit", "empty"]), "packets": count,
      ]),
      "Flow": row([
        "protocol": text, "source": text, "destination": text, "cluster": text, "member": text,
        "packets": count, "bytes": count, "entry": truth,
      ]),
      "Station": row(["mac": text, "vlan": count, "port": text, "kind": text, "age_seconds": count]
      ),
      "ARPEntry": row([
        "address": text, "vlan": count, "mac": textOrNull, "kind": text, "owner": text,
        "state": text,
        "age_seconds": count,
      ]),
      "Drop": row(["reason": text, "port": text, "packets": count]),
      "Router": router,
      "Probe": row([
        "targets": list(text), "target": text, "kind": text,
        "state": oneOf(["unknown", "operational", "failed", "damped"]), "last_result": textOrNull,
        "latency_ms": ["type": ["number", "null"]], "successes": count, "failures": count,
        "changed_at": time,
      ]),
      "Event": row([
        "number": count, "time": time, "kind": text, "severity": oneOf(["notice", "warning"]),
        "subject": text,
        "cause": text, "effect": text, "buckets_moved": count,
      ]),
      "State": row([
        "ports": list(reference("Port")), "clusters": list(reference("Cluster")),
        "members": list(reference("Member")), "routers": list(reference("Router")),
      ]),
      "ExplainQuestion": question,
      "Explanation": row([
        "direction": oneOf(["inbound", "outbound", "other"]),
        "steps": list(row(["table": text, "text": text])),
        "verdict": oneOf(["forward", "flood", "drop", "punt", "reply"]), "reason": textOrNull,
        "port": textOrNull, "destination_mac": textOrNull, "cluster": textOrNull,
        "member": textOrNull,
      ]),
      "AdminStateRequest": [
        "type": "object", "properties": ["state": oneOf(AdminState.self)], "required": ["state"],
      ],
      "AdminStateAnswer": row(["member": text, "state": oneOf(AdminState.self)]),
      "Error": row([
        "error": row(
          ["code": oneOf(APIError.Code.self), "message": text, "faults": list(reference("Fault"))],
          optional: ["faults"])
      ]),
    ].merging(configurationSchemas) { first, _ in first }
  }

  private static var member: JSONTree {
    row([
      "cluster": text, "name": text, "port": text, "mac": textOrNull, "address": textOrNull,
      "weight": count,
      "admin_state": oneOf(AdminState.self), "state": oneOf(MetricsSnapshot.memberStates),
      "buckets": count,
      "packets": count, "bytes": count, "packets_per_second": count, "bytes_per_second": count,
      "new_flows_per_second": count, "leaving_packets_per_second": count, "last_change": time,
    ])
  }

  private static var router: JSONTree {
    row([
      "pool": text, "name": text, "address": text, "mac": textOrNull, "port": text, "weight": count,
      "admin_state": oneOf(AdminState.self), "state": oneOf(MetricsSnapshot.routerStates),
      "servers": count,
      "buckets": count, "packets": count, "bytes": count, "packets_per_second": count,
      "bytes_per_second": count, "last_change": time,
    ])
  }

  private static var question: JSONTree {
    let port: JSONTree = ["type": ["integer", "null"], "minimum": 0, "maximum": 65535]
    return [
      "type": "object",
      "properties": [
        "source": text, "source_port": port, "destination": text, "destination_port": port,
        "protocol": text,
        "port": textOrNull, "begins": truth,
        "vlan": ["type": "integer", "minimum": 0, "maximum": 4094],
      ],
      "required": ["source", "destination", "protocol", "begins", "vlan"],
    ]
  }
}
