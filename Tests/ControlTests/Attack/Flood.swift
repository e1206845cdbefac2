import CFlood
import Support
import Wire

/// Frames without end that differ in their source: one of ten million, and 16 random bits.
struct Flood {
  static let sources = 10_000_000
  /// 44.0.0.0…44.152.150.127, fe80::2c00:0… and 02:f1:2c:…
  static let firstSource: UInt32 = 44 << 24
  /// The same for one whose sources the servers do not drop unseen.
  static let firstAnswered: UInt32 = 45 << 24

  enum Word { case source, random }
  struct Patch {
    var offset: Int
    var word: Word
    var size = 4
  }
  struct Sum {
    var offset: Int
    var sources = 1
    var randoms = 0
  }

  let name: String
  /// Who sends it.
  var host = "r"
  /// With zeros where it is patched.
  var frame: TestFrame
  var patches: [Patch]
  var sums: [Sum] = []
  var firstSource = Flood.firstSource

  var length: Int { max(64, (frame.bytes.count + 7) / 8 * 8) }

  /// As the generator takes it. What its checksums cover but for what is patched is what the frame's own do.
  var description: cf_flood {
    var made = cf_flood()
    let bytes = frame.padded(to: length).bytes
    withUnsafeMutableBytes(of: &made.frame) { $0.copyBytes(from: bytes.prefix($0.count)) }
    made.length = UInt32(length)
    made.first_source = firstSource
    made.sources = UInt32(Flood.sources)
    made.patch_count = UInt32(patches.count)
    made.sum_count = UInt32(sums.count)
    withUnsafeMutableBytes(of: &made.patches) { raw in
      for (place, patch) in zip(raw.bindMemory(to: cf_patch.self).indices, patches) {
        raw.bindMemory(to: cf_patch.self)[place] = cf_patch(
          offset: UInt16(patch.offset), word: patch.word == .source ? 0 : 1, size: UInt8(patch.size))
      }
    }
    withUnsafeMutableBytes(of: &made.sums) { raw in
      for (place, sum) in zip(raw.bindMemory(to: cf_sum.self).indices, sums) {
        let own = UInt16(bytes[sum.offset]) | UInt16(bytes[sum.offset + 1]) << 8
        raw.bindMemory(to: cf_sum.self)[place] = cf_sum(
          offset: UInt16(sum.offset), base: ~own, source_times: UInt8(sum.sources),
          random_times: UInt8(sum.randoms))
      }
    }
    return made
  }
}
