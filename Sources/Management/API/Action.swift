/// What the API does besides showing rows, by path and method.
enum Action: Hashable, Sendable {
  /// `GET events/follow`
  case follow
  /// `POST explain`
  case explain
  /// `PUT members/CLUSTER/MEMBER/admin-state`, or `routers/POOL/ROUTER/admin-state`: one set of names, so either will do.
  case setAdminState(of: String)

  /// Paths as they are told to who asks for another.
  static let paths = ["events/follow", "explain", "members/CLUSTER/MEMBER/admin-state"]
  /// The path that is answered as long as there is something to tell.
  static let followPath = "events/follow"

  /// - Parameter path: without the API's prefix, as sent.
  init?(path: Substring) {
    switch path {
    case Action.followPath: self = .follow
    case "explain": self = .explain
    default:
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 4, parts[0] == "members" || parts[0] == "routers", parts[3] == "admin-state",
        let group = Query.decode(parts[1]), let member = Query.decode(parts[2]), !group.isEmpty,
        !member.isEmpty
      else { return nil }
      self = .setAdminState(of: "\(group)/\(member)")
    }
  }

  var methods: [String] {
    switch self {
    case .follow: ["GET", "HEAD"]
    case .explain: ["POST"]
    case .setAdminState: ["PUT"]
    }
  }
}
