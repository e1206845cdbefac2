public import Wire

/// What is known of a neighbour at the moment, for `show arp`.
public struct NeighbourView: Hashable, Sendable {
  public enum State: String, Hashable, Sendable {
    case reachable
    /// It is being asked for, and has not answered yet.
    case asking
    /// It is being asked for again.
    case stale
  }

  public var key: NeighbourKey
  public var state: State
  public var mac: MACAddress?
  public var isRouter: Bool
  /// Where it was last heard; nil if that port is down.
  public var port: Int?
  /// In the time that the table is given.
  public var lastHeard: Duration?

  init(_ entry: NeighbourEntry) {
    key = entry.key
    mac = entry.record?.mac
    isRouter = entry.record?.isRouter ?? false
    port = entry.port
    lastHeard = entry.lastHeard
    switch entry.phase {
    case .asking: state = .asking
    case .known: state = .reachable
    case .refreshing: state = .stale
    }
  }
}
