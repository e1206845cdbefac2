public import Wire

/// What is known of a member at the moment, for `show arp`.
public struct MemberResolution: Hashable, Sendable {
  public enum State: String, Hashable, Sendable {
    /// It answered not long ago, or its MAC is configured.
    case reachable
    /// It is being asked, and never answered.
    case asking
    /// It had a MAC; does it still?
    case stale
    /// It had a MAC and does not answer any more.
    case lost
    /// Another MAC claims its place.
    case conflict
    /// Its port is down.
    case down
  }

  public var state: State
  /// The last known one.
  public var mac: MACAddress?
  /// When it was last heard of, in the time that the resolver is given.
  public var lastHeard: Duration?
}
