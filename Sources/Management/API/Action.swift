/// What the API does besides showing rows, by path and method.
enum Action: Hashable, Sendable {
  /// `GET events/follow`
  case follow
  /// `GET stream`
  case stream
  /// `GET capture`
  case capture
  /// `POST explain`
  case explain
  /// `PUT members/CLUSTER/MEMBER/admin-state`, or `routers/POOL/ROUTER/admin-state`: one set of names, so either will do.
  case setAdminState(of: String)
  /// `GET openapi.json`
  case description
  /// `GET /metrics`
  case metrics
  /// `GET configuration`, `PUT configuration`
  case configuration
  /// `POST configuration/plan`
  case plan
  /// `POST configuration/confirm`
  case confirm
  /// `POST configuration/rollback`
  case rollback
  /// `POST configuration/reload`
  case reload

  /// Paths as they are told to who asks for another.
  static let paths = [
    "events/follow", "stream", "capture", "explain", "members/CLUSTER/MEMBER/admin-state", "openapi.json",
    "configuration", "configuration/plan", "configuration/confirm", "configuration/rollback",
    "configuration/reload",
  ]
  /// One of each, for the API's description and for who goes through all.
  static let samples: [Action] = [
    .follow, .stream, .capture, .explain, .setAdminState(of: "CLUSTER/MEMBER"), .description, .metrics,
    .configuration, .plan, .confirm, .rollback, .reload,
  ]
  /// Outside of the API's prefix, where Prometheus looks unless told otherwise.
  static let metricsPath = "/metrics"

  /// - Parameter path: without the API's prefix, as sent.
  init?(path: Substring) {
    switch path {
    case "events/follow": self = .follow
    case "stream": self = .stream
    case "capture": self = .capture
    case "explain": self = .explain
    case "openapi.json": self = .description
    case "configuration": self = .configuration
    case "configuration/plan": self = .plan
    case "configuration/confirm": self = .confirm
    case "configuration/rollback": self = .rollback
    case "configuration/reload": self = .reload
    default:
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 4, parts[0] == "members" || parts[0] == "routers",
        parts[3] == "admin-state",
        let group = Query.decode(parts[1]), let member = Query.decode(parts[2]), !group.isEmpty,
        !member.isEmpty
      else { return nil }
      self = .setAdminState(of: "\(group)/\(member)")
    }
  }

  var methods: [String] {
    switch self {
    case .follow, .stream, .description, .metrics: ["GET", "HEAD"]
    // What HEAD would tell costs a capture.
    case .capture: ["GET"]
    case .explain, .plan, .confirm, .rollback, .reload: ["POST"]
    case .setAdminState: ["PUT"]
    case .configuration: ["GET", "HEAD", "PUT"]
    }
  }

  /// The names of the query's parameters, with this method.
  func parameters(for method: String) -> [String] {
    switch self {
    case .follow, .stream: ["after"]
    case .configuration: method == "PUT" ? ["confirm"] : []
    case .capture: ["port", "filter", "snap", "count"]
    case .explain, .setAdminState, .description, .metrics, .plan, .confirm, .rollback, .reload: []
    }
  }

  /// What a caller must be allowed, with the methods that change or ask something. GET is `read` everywhere but for a
  /// capture, which shows what people say to each other.
  var role: Role {
    switch self {
    case .follow, .stream, .description, .metrics, .plan: .read
    case .capture, .explain, .setAdminState: .operate
    case .configuration, .confirm, .rollback, .reload: .configure
    }
  }

  /// The answer goes on for as long as there is something to tell and somebody takes it.
  var isEndless: Bool { self == .follow || self == .stream || self == .capture }

  /// As OpenAPI writes them.
  var templates: [String] {
    switch self {
    case .follow: [API.prefix + "events/follow"]
    case .stream: [API.prefix + "stream"]
    case .capture: [API.prefix + "capture"]
    case .explain: [API.prefix + "explain"]
    case .setAdminState:
      [
        API.prefix + "members/{cluster}/{member}/admin-state",
        API.prefix + "routers/{pool}/{router}/admin-state",
      ]
    case .description: [API.prefix + "openapi.json"]
    case .metrics: [Action.metricsPath]
    case .configuration: [API.prefix + "configuration"]
    case .plan: [API.prefix + "configuration/plan"]
    case .confirm: [API.prefix + "configuration/confirm"]
    case .rollback: [API.prefix + "configuration/rollback"]
    case .reload: [API.prefix + "configuration/reload"]
    }
  }

  /// The media type of the body that a method takes; nil: it has none.
  func bodyType(for method: String) -> String? {
    switch self {
    case .explain, .setAdminState: "application/json"
    case .configuration: method == "PUT" ? "application/yaml" : nil
    case .plan: "application/yaml"
    case .follow, .stream, .capture, .description, .metrics, .confirm, .rollback, .reload: nil
    }
  }
}
