/// What the pipeline may change of a frame that it sends on.
enum FrameChange {
  /// H1: the destination's MAC, and where a member lives in another VLAN, the tag.
  static func isAllowed(_ before: [UInt8], _ after: [UInt8]) -> Bool {
    payloads(before).contains { before in
      payloads(after).contains { after in before == after || hidesRouter(before, after) }
    }
  }

  /// What is behind the MACs: with the outermost tag, and without it.
  private static func payloads(_ bytes: [UInt8]) -> [[UInt8]] {
    let isTagged = bytes.count >= 18 && [[0x81, 0x00], [0x88, 0xa8]].contains(Array(bytes[12..<14]))
    return isTagged ? [Array(bytes[12...]), Array(bytes[16...])] : [Array(bytes[12...])]
  }

  /// Whether all that differs is a router advertisement's source link-layer address option (type 1), which is one that
  /// nobody knows (253) then, and the checksum, which is as right as it was. Routers of a pool are to be asked for.
  static func hidesRouter(_ before: [UInt8], _ after: [UInt8]) -> Bool {
    guard before.count == after.count else { return false }
    let changed = before.indices.filter { before[$0] != after[$0] }
    guard let checksum = changed.first, let option = changed.last, checksum >= 2, option > checksum + 1,
      before[checksum - 2] == 134, before[checksum - 1] == 0, before[option] == 1, after[option] == 253
    else { return false }
    return changed.dropLast().allSatisfy { $0 <= checksum + 1 }
      && sum(before[(checksum - 2)...]) == sum(after[(checksum - 2)...])
  }

  /// RFC 1071.
  private static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
    var sum = 0
    for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? Int(byte) << 8 : Int(byte) }
    return sum % 0xffff
  }
}
