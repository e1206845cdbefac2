import SwitchModel

/// What the API shows, by the last part of its path.
public enum Resource: String, CaseIterable, Sendable {
  case version, ports, clusters, members, buckets, flows, stations, arp, drops, routers, probes, events

  /// The names of the query's parameters.
  var parameters: [String] {
    switch self {
    case .version: []
    case .ports, .drops: ["port"]
    case .clusters, .buckets: ["cluster"]
    case .members: ["cluster", "port"]
    case .flows: ["for", "cluster"]
    case .stations: ["port", "vlan"]
    case .arp: ["vlan"]
    case .routers: ["pool", "port"]
    case .probes: ["cluster", "pool"]
    case .events: ["after", "limit"]
    }
  }
}
