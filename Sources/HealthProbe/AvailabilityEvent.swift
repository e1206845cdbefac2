/// What can happen to an availability cluster.
public enum AvailabilityEvent<Member: Hashable & Sendable>: Hashable, Sendable {
  /// The member can serve, as far as its health goes.
  case up(Member)
  case down(Member)
  /// The operator took it out of use (disabled or draining), or gives it back.
  case out(Member)
  case `in`(Member)
  /// At a place in the order of succession; beyond the end: last. One that is there already moves.
  case added(Member, at: Int)
  case removed(Member)
  /// Begins and ends the opening, in which members are heard of for the first time.
  case opened
  case closed
}

extension AvailabilityEvent {
  /// What caused a change of primary, in words.
  var cause: String {
    switch self {
    case .up(let member): "\(member) came up"
    case .down(let member): "\(member) failed"
    case .out(let member): "\(member) was taken out of use"
    case .in(let member): "\(member) was put back into use"
    case .added(let member, _): "\(member) was added"
    case .removed(let member): "\(member) was removed"
    case .opened: "start"
    case .closed: "end of the opening"
    }
  }
}
