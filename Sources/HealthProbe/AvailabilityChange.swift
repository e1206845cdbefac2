/// A member of an availability cluster became something else.
public struct AvailabilityChange<Member: Hashable & Sendable>: Hashable, Sendable {
  public var member: Member
  /// Nil: it was not there.
  public var from: AvailabilityState?
  /// Nil: it is not there any more.
  public var to: AvailabilityState?

  public init(member: Member, from: AvailabilityState?, to: AvailabilityState?) {
    self.member = member
    self.from = from
    self.to = to
  }
}
