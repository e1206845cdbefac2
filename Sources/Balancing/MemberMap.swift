/// Values by member. The numbers of a cluster's members mostly lie close together: then it is an array, which is an order
/// of magnitude quicker than a dictionary; and with thousands of clusters a member's failure asks for each bucket of each.
struct MemberMap<Value> {
  private let first: UInt32
  private var near: [Value]
  private var far: [MemberIndex: Value] = [:]
  private let usual: Value

  /// - Parameters:
  ///   - members: whose numbers shall be near.
  ///   - usual: what has not been set.
  init(_ members: some Sequence<MemberIndex>, usual: Value) {
    var (lowest, highest, count) = (UInt32.max, UInt32.min, 0)
    for member in members {
      lowest = min(lowest, member.raw)
      highest = max(highest, member.raw)
      count += 1
    }
    self.usual = usual
    first = lowest
    let isDense = count > 0 && Int(highest - lowest) < 4 * count + 64
    near = isDense ? Array(repeating: usual, count: Int(highest - lowest) + 1) : []
  }

  subscript(member: MemberIndex) -> Value {
    get {
      let offset = Int(member.raw &- first)
      return near.indices.contains(offset) ? near[offset] : far[member] ?? usual
    }
    set {
      let offset = Int(member.raw &- first)
      if near.indices.contains(offset) { near[offset] = newValue } else { far[member] = newValue }
    }
  }
}
