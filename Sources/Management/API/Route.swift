/// A path of the API: rows to look at, or something else.
enum Route: Hashable, Sendable {
  case rows(Resource)
  case action(Action)

  /// - Parameter path: as sent, without the query. Nil: there is no such path.
  init?(path: String) {
    if path == Action.metricsPath {
      self = .action(.metrics)
      return
    }
    guard path.hasPrefix(API.prefix) else { return nil }
    let rest = path.dropFirst(API.prefix.count)
    if let resource = Resource(rawValue: String(rest)) {
      self = .rows(resource)
    } else if let action = Action(path: rest) {
      self = .action(action)
    } else {
      return nil
    }
  }

  var methods: [String] {
    switch self {
    case .rows: ["GET", "HEAD"]
    case .action(let action): action.methods
    }
  }

  func parameters(for method: String) -> [String] {
    switch self {
    case .rows(let resource): resource.parameters
    case .action(let action): action.parameters(for: method)
    }
  }

  /// What a caller must be allowed for this method.
  func role(for method: String) -> Role {
    if self == .action(.capture) { return Action.capture.role }
    if method == "GET" || method == "HEAD" { return .read }
    return switch self {
    case .rows: .read
    case .action(let action): action.role
    }
  }

  /// The body is a configuration, which may be long.
  var takesConfiguration: Bool { self == .action(.configuration) || self == .action(.plan) }

  /// Paths that only a caller with a role may know of; others are the console's.
  static func isGuarded(_ path: String) -> Bool {
    path == "/api" || path.hasPrefix("/api/") || path == Action.metricsPath
  }
}
