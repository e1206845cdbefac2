/// Numbers in bytes of one order. Asked only for what is there: callers check lengths first, and what lies beyond reads
/// as 0.
struct Words {
  let bytes: [UInt8]
  let isBig: Bool

  func u16(_ at: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(at, 2)) }
  func u32(_ at: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(at, 4)) }
  func u64(_ at: Int) -> UInt64 { number(at, 8) }

  private func number(_ at: Int, _ size: Int) -> UInt64 {
    guard at >= 0, at + size <= bytes.count else { return 0 }
    var value: UInt64 = 0
    for i in 0..<size { value = value << 8 | UInt64(bytes[isBig ? at + i : at + size - 1 - i]) }
    return value
  }
}
