import SwitchModel

/// The API's description (OpenAPI 3.1, JSON Schema 2020-12), from the same tables that requests are routed by.
enum OpenAPI {
  /// As it is served.
  static let document: [UInt8] = JSON.encode(tree)

  static let tree: JSONTree = [
    "openapi": "3.1.0",
    "info": [
      "title": "FlowSwitch",
      "version": .text(FlowSwitchVersion.current),
      "description":
        "A running switch: what it does, why, and what an operator may change. On the control socket everything is allowed; by TCP a bearer token says what is. Counters count since the datapath was loaded.",
    ],
    "servers": [
      ["url": "/", "description": "The control socket, or the address that api.listen gives."]
    ],
    "security": [["token": []], [:]],
    "paths": .object(paths),
    "components": [
      "schemas": .object(schemas),
      "responses": ["refusal": refusal],
      "securitySchemes": [
        "token": [
          "type": "http", "scheme": "bearer",
          "description":
            "Made by `flowswitch token new`. Roles: read (every GET but captures), operate (explain, captures, admin states), configure (the configuration).",
        ]
      ],
    ],
    "x-error-codes": .object(
      Dictionary(
        uniqueKeysWithValues: APIError.Code.allCases.map { code in
          (code.rawValue, ["status": .number(code.status), "description": .text(code.meaning)])
        })),
  ]

  private static var paths: [String: JSONTree] {
    var paths: [String: JSONTree] = [:]
    for resource in Resource.allCases {
      let schema = reference(resource.schema)
      paths[API.prefix + resource.rawValue] = [
        "get": operation(
          .rows(resource), "GET", id: "get-\(resource.rawValue)", resource.summary,
          content: ["application/json": ["schema": resource == .version ? schema : list(schema)]])
      ]
    }
    for action in Action.samples {
      for template in action.templates { paths[template] = path(of: action, template) }
    }
    return paths
  }

  private static func path(of action: Action, _ template: String) -> JSONTree {
    let route = Route.action(action)
    switch action {
    case .follow:
      return [
        "get": operation(
          route, "GET", id: "follow-events",
          "Events as server-sent events: `id` is the number, `event` the kind, `data` a row of events.",
          content: eventStream)
      ]
    case .stream:
      return [
        "get": operation(
          route, "GET", id: "stream",
          "Server-sent events: `state` each second (`data`: a State), `event` for each event (`data`: a row of events, `id`: its number). A reader that does not take them is dropped.",
          content: eventStream)
      ]
    case .capture:
      return [
        "get": operation(
          route, "GET", id: "capture",
          "Packets from the datapath, before and after, as pcapng: an interface a port, each packet with its decision as comment. Interface statistics say what was captured and missed so far. Goes on until `count` is reached or the connection is closed.",
          content: ["application/x-pcapng": [:]])
      ]
    case .description:
      return [
        "get": operation(
          route, "GET", id: "get-description", "This description.",
          content: ["application/json": ["schema": ["type": "object"]]])
      ]
    case .metrics:
      return [
        "get": operation(
          route, "GET", id: "get-metrics", "Metrics for Prometheus, or for who takes OpenMetrics.",
          content: [
            "text/plain": ["schema": ["type": "string"]],
            "application/openmetrics-text": ["schema": ["type": "string"]],
          ])
      ]
    case .explain:
      return [
        "post": operation(
          route, "POST", id: "explain", "What the datapath would do with such a packet, and why.",
          content: ["application/json": ["schema": reference("Explanation")]],
          body: reference("ExplainQuestion"))
      ]
    case .configuration, .plan, .confirm, .rollback, .reload: return configurationPath(of: action)
    case .setAdminState:
      let names = template.contains("/routers/") ? ["pool", "router"] : ["cluster", "member"]
      return [
        "parameters": .list(
          names.map {
            ["name": .text($0), "in": "path", "required": true, "schema": ["type": "string"]]
          }),
        "put": operation(
          route, "PUT", id: "set-\(names[1])-admin-state",
          "Sets what the operator wants of the \(names[1]). Kept until it is set again, also over restarts.",
          content: ["application/json": ["schema": reference("AdminStateAnswer")]],
          body: reference("AdminStateRequest")),
      ]
    }
  }

  private static var eventStream: JSONTree { ["text/event-stream": ["schema": ["type": "string"]]] }

  static func operation(
    _ route: Route, _ method: String, id: String, _ summary: String, content: JSONTree,
    body: JSONTree? = nil, bodyType: String = "application/json"
  ) -> JSONTree {
    var result: [String: JSONTree] = [
      "operationId": .text(id),
      "summary": .text(summary),
      "x-role": .text(route.role(for: method).rawValue),
      "responses": [
        "200": ["description": "Done.", "content": content],
        "default": ["$ref": "#/components/responses/refusal"],
      ],
    ]
    let parameters = route.parameters(for: method)
    if !parameters.isEmpty { result["parameters"] = .list(parameters.map(parameter)) }
    if let body {
      result["requestBody"] = ["required": true, "content": .object([bodyType: ["schema": body]])]
    }
    return .object(result)
  }

  private static func parameter(_ name: String) -> JSONTree {
    let (schema, text): (JSONTree, JSONTree) =
      switch name {
      case "port": (["type": "string"], "Only of this port.")
      case "cluster": (["type": "string"], "Only of this cluster.")
      case "pool": (["type": "string"], "Only of this router pool.")
      case "vlan":
        (["type": "integer", "minimum": 0, "maximum": 4094], "Only on this VLAN; 0 is untagged.")
      case "filter":
        (
          ["type": "string", "maxLength": 2048],
          "Only packets that match this expression of libpcap's (pcap-filter), as they came or as they leave."
        )
      case "snap":
        (
          ["type": "integer", "minimum": 1, "maximum": 65535, "default": 256],
          "Bytes of a frame that are kept."
        )
      case "count": (["type": "integer", "minimum": 1], "So many packets.")
      case "for": (["type": "string", "default": "2s"], "How long to watch, from 100ms to 1m.")
      case "confirm":
        (
          ["type": "string"],
          "The former configuration comes back after this time, from 1s to 24h, unless it is confirmed."
        )
      case "after":
        (["type": "integer", "minimum": 0], "Only events after the one of this number.")
      default:
        (["type": "integer", "minimum": 1, "maximum": 1_000_000], "Only the newest of them.")
      }
    return ["name": .text(name), "in": "query", "schema": schema, "description": text]
  }

  private static var refusal: JSONTree {
    [
      "description": "Refused; the code says why.",
      "content": ["application/json": ["schema": reference("Error")]],
    ]
  }

  static func reference(_ name: String) -> JSONTree { ["$ref": "#/components/schemas/\(name)"] }

  static func list(_ schema: JSONTree) -> JSONTree { ["type": "array", "items": schema] }
}

extension Resource {
  /// The name of its rows' schema.
  var schema: String {
    switch self {
    case .version: "Version"
    case .ports: "Port"
    case .clusters: "Cluster"
    case .members: "Member"
    case .buckets: "Bucket"
    case .flows: "Flow"
    case .stations: "Station"
    case .arp: "ARPEntry"
    case .drops: "Drop"
    case .routers: "Router"
    case .probes: "Probe"
    case .events: "Event"
    }
  }

  var summary: String {
    switch self {
    case .version: "The daemon and its datapath."
    case .ports: "Ports and their counters."
    case .clusters: "Clusters and their counters."
    case .members: "Members of clusters, their states, counters and rates."
    case .buckets: "Buckets: who has them, and who had them while they move."
    case .flows: "Flows that were seen while watching, the busiest first."
    case .stations: "MAC addresses and where they are."
    case .arp: "Addresses that the switch answers for, and neighbours that it knows."
    case .drops: "Frames that were not forwarded, by reason and port."
    case .routers: "Routers of pools, their states, counters and rates."
    case .probes: "Probes and their results."
    case .events: "Events that are kept, the oldest first."
    }
  }
}
