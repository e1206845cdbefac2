import SwitchModel
import Testing
import Wire

@testable import Control
@testable import HealthProbe

@Suite("Places of buckets")
struct BucketRoomTests {
  private static func extents(_ pairs: [(Int, Int)]) -> [InstanceState.Extent] {
    pairs.map { InstanceState.Extent(first: $0.0, count: $0.1) }
  }

  @Test("The first gap that is wide enough")
  func gaps() {
    var room = BucketRoom(BucketRoomTests.extents([(4, 4), (16, 8), (4, 4), (18, 2), (24, 1)]))
    #expect([8, 4, 1, 8, 8, 16].map { room.take($0) } == [8, 0, 25, 26, 34, 42])
    var empty = BucketRoom([])
    #expect([1, 2, 4].map { empty.take($0) } == [0, 1, 3])
  }

  @Test("None is given twice, and none is left out that was free", arguments: 1...20)
  func random(_ seed: UInt64) {
    var generator = RandomSource(seed: seed)
    var isTaken = [Bool](repeating: false, count: 1 << 13)
    var held: [(Int, Int)] = []
    for _ in 0..<20 {
      let (first, count) = (
        Int.random(in: 0..<1000, using: &generator), Int.random(in: 1...40, using: &generator)
      )
      held.append((first, count))
      for i in first..<first + count { isTaken[i] = true }
    }
    var room = BucketRoom(BucketRoomTests.extents(held))
    for _ in 0..<60 {
      let count = 1 << Int.random(in: 0...6, using: &generator)
      let first = room.take(count)
      let expected = (0..<isTaken.count - count).first { at in (at..<at + count).allSatisfy { !isTaken[$0] } }
      #expect(first == expected)
      for i in first..<first + count { isTaken[i] = true }
    }
  }

  @Test("As many clusters as there may be have places of their own, and keep them beside new ones")
  func many() {
    func configuration(_ count: Int, _ buckets: Int) -> SwitchConfiguration {
      SwitchConfiguration(
        name: "x", virtualMAC: MACAddress(number: 0x02_00_00_00_00_01), ports: [],
        clusters: (0..<count).map { i in
          ClusterConfiguration(
            name: "c\(i)", address: IPPrefix(IPAddress(10, 0, UInt8(i >> 8), UInt8(i & 255)), length: 32),
            buckets: i % 2 == 0 ? 16 : buckets, members: [])
        })
    }
    let first = NumberAllocator(configuration(16_384, 64), earlier: InstanceState.Numbers())
    #expect(first.numbers.isConsistent && first.numbers.buckets.count == 16_384)
    #expect(first.bucketCount == 8192 * (16 + 64), "side by side")
    let second = NumberAllocator(configuration(16_384, 32), earlier: first.numbers)
    #expect(second.numbers.isConsistent && second.numbers.buckets.count == 16_384)
    #expect(second.numbers.buckets["c0"]?.first == first.numbers.buckets["c0"]?.first)
    #expect(
      second.numbers.buckets["c1"].map { $0.first >= first.bucketCount } == true,
      "the datapath still leads to the old place")
  }
}
