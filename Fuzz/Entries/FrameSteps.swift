import CTables
import Datapath
import Support
import Wire

/// What an input means to a switch: frames, and changes of the tables between them.
///
/// A step is a byte that says which port a frame comes in on (0–127), the frame's length in two bytes and its bytes; or
/// which change is made (128–255), with four bytes of its own.
struct FrameSteps: Sequence, IteratorProtocol {
  static let most = 64

  private var reader: InputReader
  private var left = FrameSteps.most
  private let world: GeneratedWorld

  init(_ bytes: [UInt8], world: GeneratedWorld) {
    reader = InputReader(bytes)
    self.world = world
  }

  mutating func next() -> DifferentialStep? {
    guard left > 0, !reader.isAtEnd else { return nil }
    left -= 1
    let kind = reader.byte()
    if kind >= 128 { return .change(change(kind)) }
    var bytes = reader.bytes(Swift.min(reader.word(), 1600))
    // No shorter frame reaches the program.
    if bytes.count < 14 { bytes += [UInt8](repeating: 0, count: 14 - bytes.count) }
    return .frame(TestFrame(bytes: bytes), port: Int(kind & 7))
  }

  private mutating func change(_ kind: UInt8) -> TableChange {
    let (a, b) = (Int(reader.byte()), Int(reader.byte()))
    let (c, d) = (Int(reader.byte()), Int(reader.byte()))
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
