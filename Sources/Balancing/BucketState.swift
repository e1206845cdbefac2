/// What the datapath must know of a bucket (architecture, "Flows without a flow table"). Control encodes it into the
/// bucket word.
public enum BucketState: Hashable, Sendable {
  /// No member: the bucket's packets are dropped.
  case empty
  /// Everything goes to the member.
  case steady(MemberIndex)
  /// New TCP flows go to `current` and are entered. All other flows go to `previous`, and those without a beginning
  /// (UDP, ESP, …) are entered there. `current` is nil while no member can take new flows.
  case observing(current: MemberIndex?, previous: MemberIndex)
  /// As above, but unknown flows without a beginning go to `current`.
  case transit(current: MemberIndex?, previous: MemberIndex)

  /// Who gets new flows.
  public var current: MemberIndex? {
    switch self {
    case .empty: nil
    case .steady(let member): member
    case .observing(let current, _), .transit(let current, _): current
    }
  }

  /// Who may still hold flows that began before; nil outside a transition.
  public var previous: MemberIndex? {
    switch self {
    case .empty, .steady: nil
    case .observing(_, let previous), .transit(_, let previous): previous
    }
  }

  public var isInTransition: Bool { previous != nil }
}

extension BucketState: CustomStringConvertible {
  /// The names that `show buckets` uses.
  public var description: String {
    switch self {
    case .empty: "empty"
    case .steady: "steady"
    case .observing: "observing"
    case .transit: "transit"
    }
  }
}
