import CTables
import Testing

@testable import Datapath

/// How many records the tables get, and what tables of one size can be used for.
@Suite("dimensions of the tables")
struct DimensionsTests {
  static func made(
    cpus: Int = 2, clusters: Int = 8, members: Int = 31, buckets: Int = 1 << 13, services: Int = 16,
    flows: Int = 1 << 10, sources: Int = 0
  ) -> Dimensions {
    Dimensions(
      cpus: cpus, clusters: clusters, members: members, buckets: buckets, services: services, flows: flows,
      sources: sources)
  }

  static func isPower(_ n: Int) -> Bool { n > 0 && n & (n - 1) == 0 }

  @Test(
    "there is room for what is asked and a quarter more, in powers of two",
    arguments: [0, 1, 2, 3, 7, 8, 9, 100, 4095, 4096, 16_384])
  func room(count: Int) {
    let made = Self.made(clusters: count, members: count, buckets: count, services: count, sources: count)
    #expect(4 * made.clusters >= 5 * count && 4 * made.members > 5 * count && 64 * made.buckets >= 65 * count)
    #expect(made.serviceSets * 4 >= 4 * count && made.answerSets * 4 >= 4 * count + 1024)
    #expect(made.sourceSets * 8 >= count && made.sourceSets * 8 < 2 * count + 9)
    #expect(
      [
        made.clusters, made.members, made.buckets, made.serviceSets, made.answerSets, made.sourceSets,
        made.flowSets,
      ]
      .allSatisfy(Self.isPower))
    #expect(made.isPlausible)
  }

  @Test("the largest configuration is within what the words hold") func largest() {
    let made = Self.made(
      cpus: 256, clusters: 16_384, members: 65_535, buckets: 1 << 20, services: 65_536, flows: 1 << 17,
      sources: 1 << 18)
    #expect(made.isPlausible)
    #expect(made.members <= 1 << Int(FS_MEMBER_BITS), "a member's number fits its field")
    #expect(made.sourceSets == 1 << 15 && made.flowSets == 1 << 14)
  }

  @Test("no sticky cluster: one set of sources; nothing asked: still every table")
  func least() {
    let made = Self.made(cpus: 0, clusters: 0, members: 0, buckets: 0, services: 0, flows: 0)
    #expect(made.sourceSets == 1 && made.cpus == 1 && made.isPlausible)
    for table in TableID.allCases { #expect(table.count(made) > 0, "\(table)") }
  }

  @Test("tables are at addresses unless one is too large for that; the bytes are the same either way")
  func shapes() {
    let small = Self.made()
    #expect(TableShape.allCases.allSatisfy { $0.fits(small) })
    for table in TableID.allCases {
      for shape in TableShape.allCases {
        let map = shape.map(table, small)
        #expect(map.valueSize * map.records == table.bytes(small), "\(table)")
        #expect(shape.isValue(table) == (shape == .direct && table.isDirect))
      }
    }
    // 16 bytes a bucket and CPU: 512 MiB at the most.
    let full = Self.made(cpus: 32, buckets: 1 << 19)
    let over = Self.made(cpus: 64, buckets: 1 << 19)
    #expect(TableShape.direct.fits(full) && !TableShape.direct.fits(over) && TableShape.lookups.fits(over))
    #expect(Set(TableShape.allCases.map(\.suffix)).count == TableShape.allCases.count)
    #expect(
      BPFObject.Hook.allCases.allSatisfy { $0.rawValue.utf8.count < 16 }, "what the kernel keeps of a name")
  }

  @Test("grown tables hold what was in the old ones and what is wanted; sets of flows and sources stay")
  func growth() {
    let old = Self.made(clusters: 40, flows: 1 << 12, sources: 1 << 10)
    let wanted = Self.made(
      clusters: 8, members: 300, buckets: 1 << 16, services: 500, flows: 1 << 17, sources: 1 << 18)
    #expect(!old.holds(wanted))
    let grown = old.grown(for: wanted)
    #expect(grown.holds(wanted) && grown.holds(old) && grown.isPlausible)
    #expect(grown.flowSets == old.flowSets && grown.sourceSets == old.sourceSets)
    #expect(
      grown.clusters == old.clusters && grown.members == wanted.members && grown.buckets == wanted.buckets)
    let growth = old.growth(for: wanted)
    #expect(growth.map(\.table).contains("members") && growth.allSatisfy { $0.before < $0.after })
    #expect(
      growth.first { $0.table == "buckets" }.map { [$0.before, $0.after] } == [old.buckets, wanted.buckets])
    #expect(old.growth(for: old).isEmpty && old.growth(for: Self.made()).isEmpty)
    // Where no cluster was sticky, there is nothing to keep.
    #expect(Self.made().grown(for: wanted).sourceSets == wanted.sourceSets)
    #expect(!Self.made().holds(Self.made(sources: 100)) && Self.made(sources: 100).holds(Self.made()))
  }

  @Test(
    "dimensions that a damaged file names are refused",
    arguments: [
      { $0.cpus = 0 }, { $0.cpus = 1 << 40 }, { $0.clusters = -1 }, { $0.clusters = 1 << 21 },
      { $0.memberShift = 0 },
      { $0.memberShift = 19 }, { $0.memberShift = -5 }, { $0.bucketShift = 31 }, { $0.bucketShift = 64 },
      { $0.flowSets = 3 }, { $0.flowSets = 0 }, { $0.sourceSets = -8 }, { $0.answerSets = 1 << 25 },
      { $0.serviceSets = .max },
    ] as [@Sendable (inout Dimensions) -> Void])
  func implausible(damage: @Sendable (inout Dimensions) -> Void) {
    var made = Self.made()
    #expect(made.isPlausible)
    damage(&made)
    #expect(!made.isPlausible)
  }
}
