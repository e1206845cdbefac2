/// A member as `MaglevAssignment` sees it.
public struct MaglevMember: Hashable, Sendable {
  public var member: MemberIndex
  /// What decides which buckets it gets, the same on every switch. Each once in a cluster.
  public var name: String
  /// Any unit, the same for all members of a cluster; 0: carries nothing.
  public var weight: UInt32

  public init(member: MemberIndex, name: String, weight: UInt32) {
    self.member = member
    self.name = name
    self.weight = weight
  }
}
