@testable import Balancing

/// A member index of a test; 0 is nil, like in the tables.
func m(_ raw: UInt32) -> MemberIndex? { MemberIndex(raw: raw) }

func members(_ raw: UInt32...) -> Set<MemberIndex> { Set(raw.compactMap { MemberIndex(raw: $0) }) }

func shares(_ weights: [UInt32: UInt32]) -> [MemberShare] {
  weights.compactMap { raw, weight in
    MemberIndex(raw: raw).map { MemberShare(member: $0, weight: weight) }
  }
}

extension MemberIndex: ExpressibleByIntegerLiteral {
  public init(integerLiteral raw: UInt32) {
    guard let member = MemberIndex(raw: raw) else { preconditionFailure("a test names member 0") }
    self = member
  }
}
