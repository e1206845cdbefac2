/// A member that can serve, and how much of the cluster it should carry relative to the others (X5).
public struct MemberShare: Hashable, Sendable {
  public var member: MemberIndex
  /// Any unit, the same for all members of a cluster; 0: carries nothing.
  public var weight: UInt32

  public init(member: MemberIndex, weight: UInt32) {
    self.member = member
    self.weight = weight
  }
}
