/// The order in which a member wants the buckets: from an offset on in equal skips, both made of its name (NSDI 2016,
/// §3.4, `permutation[i][j]`).
struct MaglevPermutation: Sendable {
  let skip: Int
  private let count: Int
  private var bucket: Int

  /// `count` is positive.
  init(name: String, seed: UInt32, count: Int) {
    self.count = count
    let hash = Self.hash(name, seed: seed)
    bucket = Int(hash >> 32) % count
    var skip = Int(hash & 0xffff_ffff) % count | 1
    while Self.divisor(skip, count) != 1 { skip += 2 }
    self.skip = skip
  }

  mutating func next() -> Int {
    defer { bucket = (bucket + skip) % count }
    return bucket
  }

  /// FNV-1a over the seed and the name, then the finalizer of SplitMix64, because offset and skip are taken from the
  /// halves. Part of what switches agree on: never to be changed.
  static func hash(_ name: String, seed: UInt32) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for shift in [0, 8, 16, 24] { add(UInt8(seed >> UInt32(shift) & 0xff)) }
    for byte in name.utf8 { add(byte) }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return hash ^ (hash >> 31)
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
