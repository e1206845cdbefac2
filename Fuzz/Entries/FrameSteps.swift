import CTables
import Datapath
import Support
import Wire

/// What an input means to a switch: frames, and changes of the tables between them.
struct FrameSteps: Sequence, IteratorProtocol {
  static let most = 64

  private var pieces: ArraySlice<FramePiece>
  private let world: GeneratedWorld

  init(_ bytes: [UInt8], world: GeneratedWorld) {
    pieces = FramePiece.pieces(of: bytes, most: FrameSteps.most)[...]
    self.world = world
  }

  mutating func next() -> DifferentialStep? {
    switch pieces.popFirst() {
    case nil: return nil
    case .change(let kind, let values): return .change(change(kind, values.map { Int($0) }))
    case .frame(let kind, var bytes):
      // No shorter frame reaches the program.
      if bytes.count < 14 { bytes += [UInt8](repeating: 0, count: 14 - bytes.count) }
      return .frame(TestFrame(bytes: bytes), port: Int(kind & 7))
    }
  }

  private func change(_ kind: UInt8, _ values: [Int]) -> TableChange {
    let (a, b, c, d) = (values[0], values[1], values[2], values[3])
    let member = world.members[a % world.members.count]
    let other = world.members[b % world.members.count]
    switch kind % 9 {
    case 0: return .tick(1000 + UInt32(a << 8 | b))
    case 1, 2:
      let buckets = world.clusters[c % world.clusters.count].buckets
      let word = BucketWord(
        current: member.index, previous: d & 1 == 0 ? 0 : other.index, isTransit: d & 1 != 0,
        isObserving: d & 3 == 3)
      return .bucket(buckets.lowerBound + (d >> 2) % Swift.max(buckets.count, 1), word)
    case 3: return .link(member.index, d & 1 == 0 ? nil : MemberLink(mac: member.mac, port: b & 7))
    case 4: return .portUp(a & 7, b & 1 != 0)
    case 5: return .longestFrame(a & 7, 60 + (c << 8 | d) % 1600)
    case 6: return .ageing(UInt32(a))
    case 7: return .punts(a & 31)
    default: return .stopped(member.index, b & 1 != 0)
    }
  }
}
