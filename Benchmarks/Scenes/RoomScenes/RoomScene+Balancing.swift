import Balancing

extension RoomScene {
  static func balancing() -> [RoomScene] {
    [
      RoomScene(name: "balancing: 1024 buckets to 50 members", count: 4) {
        let shares = try shares(50)
        let empty = BucketAssignment(count: 1024)
        return { _ = empty.rebalanced(among: shares) }
      },
      RoomScene(name: "balancing: one of 50 members leaves", count: 4) {
        let shares = try shares(50)
        let full = BucketAssignment(count: 1024).rebalanced(among: shares)
        let rest = Array(shares.dropLast())
        return { _ = full.rebalanced(among: rest) }
      },
      RoomScene(name: "balancing: maglev, 1024 buckets, 50 members", count: 4) {
        let members = try shares(50).map {
          MaglevMember(member: $0.member, name: "s\($0.member)", weight: $0.weight)
        }
        return { _ = MaglevAssignment.buckets(count: 1024, members: members, seed: 1) }
      },
    ]
  }

  private static func shares(_ count: UInt32) throws -> [MemberShare] {
    (1...count).compactMap { MemberIndex(raw: $0) }.map { MemberShare(member: $0, weight: 100 + $0.raw % 3) }
  }
}
