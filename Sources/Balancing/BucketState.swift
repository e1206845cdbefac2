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
  /// `withdrawn` took new flows in this transition and takes none any more: it drains (X5). What it has is entered.
  /// New TCP flows go to `current`, which may be `previous` again, and are entered; unknown TCP flows go to `previous`.
  /// Unknown flows without a beginning go to `observing`, which is one of the two others, and are entered; nil: to
  /// `current`.
  case withdrawn(
    current: MemberIndex?, previous: MemberIndex, withdrawn: MemberIndex, observing: MemberIndex?)

  /// The state in which these members have these parts; nil: nobody, or a member that is none any more. Whoever took over
  /// in a transition from one that is gone only has flows that are entered, or new.
  /// - Parameter observed: who is to keep unknown flows without a beginning, `previous` or `withdrawn`; nil: neither.
  public init(
    current: MemberIndex?, previous: MemberIndex?, withdrawn: MemberIndex? = nil, observed: MemberIndex? = nil
  ) {
    guard let leaver = previous ?? withdrawn else {
      self = current.map { .steady($0) } ?? .empty
      return
    }
    if let previous, let withdrawn, withdrawn != previous, withdrawn != current {
      self = .withdrawn(
        current: current, previous: previous, withdrawn: withdrawn,
        observing: observed == previous || observed == withdrawn ? observed : nil)
    } else if current == leaver {
      self = .steady(leaver)
    } else {
      self =
        observed == leaver
        ? .observing(current: current, previous: leaver) : .transit(current: current, previous: leaver)
    }
  }

  /// Who gets new flows.
  public var current: MemberIndex? {
    switch self {
    case .empty: nil
    case .steady(let member): member
    case .observing(let current, _), .transit(let current, _), .withdrawn(let current, _, _, _): current
    }
  }

  /// Who may still hold flows that began before; nil outside a transition.
  public var previous: MemberIndex? {
    switch self {
    case .empty, .steady: nil
    case .observing(_, let previous), .transit(_, let previous), .withdrawn(_, let previous, _, _): previous
    }
  }

  /// Who took flows in this transition and takes none any more.
  public var withdrawnMember: MemberIndex? {
    if case .withdrawn(_, _, let member, _) = self { member } else { nil }
  }

  /// Who keeps unknown flows without a beginning while these are observed; nil: they go to `current`.
  public var observed: MemberIndex? {
    switch self {
    case .empty, .steady, .transit: nil
    case .observing(_, let previous): previous
    case .withdrawn(_, _, _, let observing): observing
    }
  }

  public var isInTransition: Bool { previous != nil }

  /// Whether any flow, new or old, goes to the member.
  public func leads(to member: MemberIndex) -> Bool {
    current == member || previous == member || withdrawnMember == member
  }
}

extension BucketState: CustomStringConvertible {
  /// The names that `show buckets` uses.
  public var description: String {
    switch self {
    case .empty: "empty"
    case .steady: "steady"
    case .observing: "observing"
    case .transit: "transit"
    case .withdrawn: "withdrawn"
    }
  }
}
