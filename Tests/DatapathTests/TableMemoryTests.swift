import CTables
@testable import Datapath
import Forwarding
import Glibc
import Support
import Testing
import Wire

@Suite("tables' memory")
struct TableMemoryTests {
  static let small = Dimensions(
    cpus: 2, clusters: 8, members: 31, buckets: 1 << 13, services: 16, flows: 1 << 10)

  @Test("X7 a file keeps the tables, and an adopted one goes on with its seed")
  func file() throws {
    let path = "/tmp/flowswitch-test-tables-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { unlink(path) }
    do {
      let tables = try TableMemory.file(path, TableMemoryTests.small)
      #expect(TableID.allCases.allSatisfy { tables.bytes($0).allSatisfy { $0 == 0 } }, "a new file is empty")
      tables.setLimits(seed: 0xfeed, puntsPerTick: 9)
      tables.setBucket(100, BucketWord(current: 5, previous: 6, isTransit: true, isObserving: true))
      tables.enterStation("02:00:00:00:00:01", vlan: VLANID(raw: 7), port: 3)
      #expect(
        tables.setAnswer(
          AnswerEntry(address: "10.0.0.1", vlan: .untagged, mac: "02:00:00:00:00:02", isVirtual: true)))
    }
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let again = try TableMemory.file(path, TableMemoryTests.small)
    #expect(again.bucket(100) == BucketWord(current: 5, previous: 6, isTransit: true, isObserving: true))
    #expect(again.port(ofStation: "02:00:00:00:00:01", vlan: VLANID(raw: 7)) == 3)
    #expect(again.answers.map(\.address) == ["10.0.0.1"])
    let before = Array(again.bytes(.settings))
    again.setLimits(seed: 0xdead, puntsPerTick: 9)
    #expect(Array(again.bytes(.settings)) == before, "the secret stays, or entered flows would be lost")
    #expect(throws: DatapathError.self) { try TableMemory.file("/proc/nowhere/x", TableMemoryTests.small) }
  }

  @Test(
    "X7, X8: flows and sources that were entered while ports went over to larger tables are in those too",
    arguments: [(TableID.flows, UInt64(27)), (.sources, 35)])
  func catchUp(_ table: TableID, _ bit: UInt64) throws {
    func made(_ members: Int) -> Dimensions {
      Dimensions(
        cpus: 2, clusters: 8, members: members, buckets: 1 << 13, services: 16, flows: 1 << 10,
        sources: 1 << 10)
    }
    let old = try TableMemory.anonymous(made(31))
    let new = try TableMemory.anonymous(old.dimensions.grown(for: made(1000)))
    let (theirs, mine) = (old.base(table, of: UInt64.self), new.base(table, of: UInt64.self))
    /// `seen` is in the lowest bits.
    func word(_ tag: UInt64, seen: UInt64) -> UInt64 { tag << bit | seen }
    theirs[0] = word(1, seen: 1)
    new.takeOver(old)
    #expect(mine[0] == word(1, seen: 1))
    // Entered by the old program, and by the new one, at the same time.
    theirs[0] = word(1, seen: 2)
    theirs[1] = word(2, seen: 2)
    theirs[8] = word(3, seen: 2)
    theirs[16] = word(6, seen: 2)
    mine[1] = word(4, seen: 2)
    mine[9] = word(3, seen: 9)
    for way in 16..<24 { mine[way] = word(UInt64(way), seen: 1) }
    new.catchUp(with: old)
    let words = Array(UnsafeBufferPointer(start: mine, count: 24))
    #expect(words[..<4] == [word(1, seen: 1), word(4, seen: 2), word(2, seen: 2), 0])
    #expect(words[8..<11] == [0, word(3, seen: 9), 0], "what is known already stays as it is")
    #expect(words[16...] == (16..<24).map { word($0, seen: 1) }[...], "nothing is pushed out")
  }

  @Test("X8 of members that died the flow table says nothing any more, and of others what it said")
  func forgetFlows() throws {
    let tables = try TableMemory.anonymous(TableMemoryTests.small)
    let words = tables.base(.flows, of: UInt64.self)
    func word(_ member: UInt64, _ tag: UInt64) -> UInt64 { tag << 27 | member << 8 | 7 }
    let last = tables.bytes(.flows).count / 8 - 1
    for (at, member) in [(0, 1), (1, 2), (9, 3), (last, 2)] { words[at] = word(UInt64(member), 77) }
    // One that no table has room for.
    words[10] = word(0x3ffff, 5)
    tables.forgetFlows(of: [2, 3, 0x3ffff, -1])
    #expect(words[0] == word(1, 77) && words[1] == 0 && words[9] == 0 && words[last] == 0)
    #expect(words[10] == word(0x3ffff, 5))
  }

  @Test(
    "room: what is wanted fits what was made for about as much, with a quarter to spare",
    arguments: [
      (31, 8, 8192, true), (50, 8, 8192, true), (51, 8, 8192, false), (31, 12, 8192, true),
      (31, 13, 8192, false), (31, 8, 16128, true), (31, 8, 16384, false), (1, 1, 1, true),
    ] as [(Int, Int, Int, Bool)])
  func holds(members: Int, clusters: Int, buckets: Int, fits: Bool) {
    let wanted = Dimensions(
      cpus: 2, clusters: clusters, members: members, buckets: buckets, services: 16, flows: 1 << 10)
    #expect(TableMemoryTests.small.holds(wanted) == fits)
    #expect(wanted.holds(wanted))
    let other = Dimensions(cpus: 4, clusters: clusters, members: members, buckets: buckets, services: 16)
    #expect(!TableMemoryTests.small.holds(other), "counters are kept for each CPU")
    #expect(wanted.members > members && wanted.buckets >= buckets && wanted.clusters >= clusters)
  }

  @Test("answers: a full set refuses, a freed record is not reused for a second") func answers() throws {
    let tables = try TableMemory.anonymous(TableMemoryTests.small)
    tables.setClock(fine: 100)
    func entry(_ n: Int) -> AnswerEntry {
      AnswerEntry(
        address: IPAddress(10, 0, UInt8(n >> 8), UInt8(n & 255)), vlan: .untagged,
        mac: MACAddress(number: UInt64(n) + 1 << 41),
        isVirtual: n % 2 == 0)
    }
    var entered: [AnswerEntry] = []
    var refused: AnswerEntry?
    var n = 0
    while refused == nil && n < 65_536 {
      if tables.setAnswer(entry(n)) { entered.append(entry(n)) } else { refused = entry(n) }
      n += 1
    }
    let last = try #require(refused)
    #expect(Set(tables.answers) == Set(entered))
    var isReused = false
    for entry in entered where !isReused {
      tables.setClock(fine: 100)
      tables.removeAnswer(entry.address, vlan: .untagged)
      tables.setClock(fine: 105)
      #expect(!tables.setAnswer(last), "half a second later, or in another set")
      tables.setClock(fine: 120)
      isReused = tables.setAnswer(last)
      if !isReused { _ = tables.setAnswer(entry) }
    }
    #expect(isReused)
  }

  @Test("H9 an answer that becomes a pool's gets another record: no reader takes an index for a MAC")
  func answerChangesKind() throws {
    let tables = try TableMemory.anonymous(TableMemoryTests.small)
    tables.setClock(fine: 100)
    let address: IPAddress = "10.0.0.1"
    let entries = [
      AnswerEntry(address: address, vlan: .untagged, mac: "02:00:00:00:00:02", isVirtual: false),
      AnswerEntry(address: address, vlan: .untagged, pool: 3),
    ]
    func records() -> [fs_answer] {
      let first = tables.base(.answers, of: fs_answer.self)
      return (0..<tables.dimensions.answerSets * 4).map { first[$0] }.filter { $0.address_lo == address.lo }
    }
    for count in 1...4 {
      #expect(tables.setAnswer(entries[count % 2]))
      #expect(tables.setAnswer(entries[count % 2]), "again")
      #expect(tables.answers == [entries[count % 2]])
      #expect(records().count == count, "those before are as they were")
    }
    #expect(Set(records().map(\.mac)) == [3, entries[0].mac.raw])
    #expect(!tables.setAnswer(entries[1]) && tables.answers.isEmpty, "no record is free yet")
    tables.setClock(fine: 110)
    #expect(tables.setAnswer(entries[1]) && tables.answers == [entries[1]])
  }

  @Test("a table of the kernel's that can't be taken over is an error") func badTable() {
    #expect(throws: DatapathError.self) {
      try BPFObject(TableMemoryTests.small, .xdp, .direct, reuse: ["fs_settings": -1])
    }
  }

  @Test("services that do not fit their sets are refused") func services() {
    let many = (0..<64).map { (protocolNumber: UInt8(6), port: UInt16($0), cluster: $0) }
    #expect(TableMemory.serviceSets(many, count: 8) == nil)
    let sets = TableMemory.serviceSets(Array(many.prefix(16)), count: 64)
    #expect(sets?.flatMap { $0 }.count == 16)
  }

  @Test("bucket words and member links come back as they were set") func words() throws {
    let tables = try TableMemory.anonymous(TableMemoryTests.small)
    var random = SplitMix64(seed: 9)
    for _ in 0..<500 {
      let word = BucketWord(
        current: random.below(1 << 18), previous: random.below(1 << 18), withdrawn: random.below(1 << 18),
        isTransit: random.oneIn(2), isObserving: random.oneIn(2), observesWithdrawn: random.oneIn(2))
      let number = random.below(1 << 13)
      tables.setBucket(number, word)
      #expect(tables.bucket(number) == word)
      let link =
        random.oneIn(4) ? nil : MemberLink(mac: MACAddress(raw: random.next()), port: random.below(501))
      tables.setMemberLink(random.below(31), nil)
      tables.setMemberLink(7, link)
      #expect(tables.memberLink(7) == link)
    }
  }
}
