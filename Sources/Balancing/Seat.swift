/// One bucket that a member lacks. Sorted, the members alternate in proportion to what they lack.
struct Seat: Comparable {
  let member: MemberIndex
  let turn: Int
  let of: Int

  static func < (a: Seat, b: Seat) -> Bool {
    // (turn + ½) / of, compared without division.
    let left = (2 * a.turn + 1) * b.of
    let right = (2 * b.turn + 1) * a.of
    return left == right ? a.member < b.member : left < right
  }
}
