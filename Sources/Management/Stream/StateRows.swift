import SwitchModel

/// What the stream tells once a second.
struct StateRows: Codable, Hashable, Sendable {
  var ports: [PortRow]
  var clusters: [ClusterRow]
  var members: [MemberRow]
  var routers: [RouterRow]
}
