import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// The table drawn in Pipeline+Sources.swift.
@Suite("X5 sticky clusters")
struct StickyTests {
  /// One bucket, which is `a`'s; sources are remembered for ten units of 6.4 s.
  struct Scene {
    let sw: TestSwitch
    let web: TestSwitch.Cluster
    var a: TestSwitch.Member { web.members[0] }
    var b: TestSwitch.Member { web.members[1] }
    var c: TestSwitch.Member { web.members[2] }
    let isIPv6: Bool

    init(_ sw: TestSwitch, isIPv6: Bool = false, hash: UInt32 = FS_HASH_SOURCE, sticky: UInt32? = 10) throws {
      self.sw = sw
      self.isIPv6 = isIPv6
      web = sw.cluster(
        Net.web(isIPv6), hash: hash, buckets: 1, members: (1...3).map { sw.member(onPort: $0) },
        sticky: sticky)
      give(to: a)
    }

    func give(to member: TestSwitch.Member) {
      sw.tables.setBucket(web.buckets.lowerBound, BucketWord(current: member.index))
    }
    func set(_ word: BucketWord) { sw.tables.setBucket(web.buckets.lowerBound, word) }
    func source(_ number: Int) -> IPAddress {
      isIPv6
        ? IPAddress("2001:db8:7::\(String(number, radix: 16))") ?? Net.clientV6
        : IPAddress(198, 51, UInt8(number >> 8), UInt8(number & 255))
    }
    func tcp(_ number: Int, _ port: Int, _ flags: TCPFlags) throws -> TestSwitch.Member {
      try sw.expectSteered(sw.tcp(web, from: source(number), port, flags), to: web)
    }
    func udp(_ number: Int, _ port: Int) throws -> TestSwitch.Member {
      try sw.expectSteered(sw.udp(web, from: source(number), port), to: web)
    }
    /// An error about what the cluster sent to a source.
    func error(_ number: Int) throws -> TestSwitch.Member {
      let server = web.address.address
      let sent = NetworkPayload.ip(server, source(number), .udp(53, 9))
      let message: UpperPayload =
        isIPv6 ? .icmpv6Error(type: 1, about: sent, keep: 1232) : .icmpError(type: 3, about: sent, keep: 28)
      return try sw.expectSteered(sw.frame(web, .ip(ErrorTests.complainer(isIPv6), server, message)), to: web)
    }
    var sources: Int { sw.tables.ageSources(limit: 1 << 15) }
    var entries: Int { sw.tables.ageFlows(limit: 250) }
  }

  @Test(
    "X5 a source stays with its member when the bucket moves, for every flow, while it is seen",
    arguments: PipelineTarget.available, [false, true])
  func stays(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      #expect(try scene.tcp(1, 1, .syn) == scene.a)
      scene.give(to: scene.b)
      // Seen every eight units, so never forgotten.
      for step in 1...4 {
        sw.tick(1000 + UInt32(step) * 8 * 64)
        #expect(try scene.udp(1, step) == scene.a)
        #expect(try scene.tcp(1, step, .syn) == scene.a)
        #expect(try scene.error(1) == scene.a)
      }
      #expect(try scene.tcp(2, 1, .syn) == scene.b, "a source that is new")
      #expect(scene.sources == 2)
      sw.tick(1000 + 32 * 64 + 11 * 64)
      #expect(try scene.error(1) == scene.b, "forgotten: too long silent")
      #expect(try scene.udp(1, 1) == scene.b)
      scene.give(to: scene.c)
      #expect(try scene.tcp(1, 1, .ack) == scene.b, "and remembered anew")
    }
  }

  @Test(
    "X5 an error enters no source, and refreshes none", arguments: PipelineTarget.available, [false, true])
  func errors(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      #expect(try scene.error(1) == scene.a)
      #expect(scene.sources == 0)
      #expect(try scene.udp(1, 1) == scene.a)
      scene.give(to: scene.b)
      sw.tick(1000 + 10 * 64)
      #expect(try scene.error(1) == scene.a)
      sw.tick(1000 + 11 * 64)
      #expect(try scene.udp(1, 1) == scene.b)
    }
  }

  @Test(
    "X5 a member that is stopped, has no place, or is another cluster's, keeps no source",
    arguments: PipelineTarget.available)
  func stopped(target: PipelineTarget) throws {
    let cases: [(String, (TestSwitch, TestSwitch.Member) -> Void)] = [
      ("stopped", { $0.tables.setMemberStopped($1.index, true) }),
      ("no place", { $0.tables.setMemberLink($1.index, nil) }),
      ("number reused", { $0.tables.setMember($1.index, vlan: .untagged, cluster: 7) }),
    ]
    for (name, change) in cases {
      try target.withSwitch { sw in
        let scene = try Scene(sw)
        #expect(try scene.tcp(1, 1, .syn) == scene.a)
        scene.give(to: scene.b)
        #expect(try scene.tcp(1, 1, .ack) == scene.a)
        change(sw, scene.a)
        #expect(try scene.tcp(1, 1, .ack) == scene.b, "\(name)")
        scene.give(to: scene.c)
        #expect(try scene.tcp(1, 1, .ack) == scene.b, "\(name): entered anew")
        #expect(scene.sources == 1)
      }
    }
  }

  @Test(
    "X5 clusters that are not sticky enter no source; sticky ones know each its own",
    arguments: PipelineTarget.available)
  func apart(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, sticky: nil)
      #expect(try scene.tcp(1, 1, .syn) == scene.a)
      #expect(scene.sources == 0)
      let other = sw.cluster("10.0.0.101", buckets: 1, members: [sw.member(onPort: 4)], sticky: 10)
      let third = sw.cluster("10.0.0.102", buckets: 1, members: [sw.member(onPort: 4)], sticky: 10)
      for cluster in [other, third, other] {
        try sw.expectSteered(sw.udp(cluster, from: scene.source(1), 1), to: cluster)
      }
      #expect(scene.sources == 2)
    }
  }

  @Test(
    "X5 X8 a known source decides in a transition, too; what is older than its entry does not break",
    arguments: PipelineTarget.available, [false, true])
  func transition(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      #expect(try scene.tcp(1, 1, .syn) == scene.a)
      // From b, where it never was, to c: known before, the source is with a.
      sw.transit(scene.web, from: scene.b, to: scene.c)
      #expect(try scene.tcp(1, 1, .ack) == scene.a)
      #expect(try scene.tcp(1, 2, .syn) == scene.a)
      #expect(try scene.udp(1, 3) == scene.a)
      #expect(scene.entries == 0, "these need no entry")
      // Not known: its old connection is with b, the new one goes to c.
      #expect(try scene.tcp(2, 2, .syn) == scene.c)
      #expect(try scene.tcp(2, 2, .ack) == scene.c)
      #expect(try scene.tcp(2, 1, .ack) == scene.b, "it began before the source was entered")
      #expect(try scene.tcp(2, 3, .syn) == scene.c)
      #expect(try scene.udp(2, 4) == scene.c)
      scene.give(to: scene.c)
      scene.give(to: scene.a)
      #expect(try scene.tcp(2, 2, .ack) == scene.c, "settled: the source is there, and not young any more")
      sw.transit(scene.web, from: scene.a, to: scene.c)
      #expect(try scene.tcp(2, 9, .ack) == scene.c)
      // The first that is seen of a source is an old connection.
      #expect(try scene.tcp(3, 1, .ack) == scene.a)
      #expect(try scene.tcp(3, 2, .syn) == scene.a)
    }
  }

  @Test(
    "X5 X8 a flow's entry comes before its source, and does not change it",
    arguments: PipelineTarget.available)
  func flowEntry(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      sw.transit(scene.web, from: scene.b, to: scene.c)
      #expect(try scene.tcp(1, 1, .syn) == scene.c)
      sw.tick(1000 + 11 * 64)
      #expect(try scene.tcp(1, 2, .ack) == scene.b, "forgotten; an old connection enters it")
      for _ in 0..<2 {
        #expect(try scene.tcp(1, 1, .ack) == scene.c)
        #expect(try scene.tcp(1, 3, .syn) == scene.b)
      }
    }
  }

  @Test("X5 X8 a young source observes as others do", arguments: PipelineTarget.available)
  func observing(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      sw.transit(scene.web, from: scene.a, to: scene.b, observing: true)
      #expect(try scene.tcp(1, 1, .syn) == scene.b)
      #expect(try scene.udp(1, 2) == scene.a, "it may be an old one: it is entered")
      sw.transit(scene.web, from: scene.a, to: scene.b)
      #expect(try scene.udp(1, 2) == scene.a)
      #expect(try scene.udp(1, 3) == scene.b)
      // b drains: what it has stays, the source's new flows go where the others' go.
      scene.set(
        BucketWord(
          current: scene.c.index, previous: scene.a.index, withdrawn: scene.b.index, isTransit: true,
          isObserving: true, observesWithdrawn: true))
      #expect(try scene.udp(1, 3) == scene.b)
      #expect(try scene.tcp(1, 1, .ack) == scene.b)
      #expect(try scene.tcp(1, 4, .syn) == scene.c)
      #expect(try scene.tcp(1, 1, .ack) == scene.b)
      #expect(try scene.tcp(1, 9, .ack) == scene.a, "from before all of it")
      scene.give(to: scene.c)
      #expect(try scene.udp(1, 5) == scene.c)
    }
  }

  @Test("X3 X5 all of a datagram goes to the source's member", arguments: PipelineTarget.available)
  func fragments(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, hash: FS_HASH_FLOW)
      #expect(try scene.udp(1, 1) == scene.a)
      scene.give(to: scene.b)
      let upper = UpperPayload.udp(5, 53, [UInt8](repeating: 1, count: 1500))
      for id in 1...2 {
        let pieces = NetworkPayload.pieces(
          scene.source(1), scene.web.address.address, upper, id: id, size: 800)
        #expect(pieces.count == 2)
        for piece in id == 1 ? pieces : pieces.reversed() {
          #expect(try sw.expectSteered("\(id)", sw.frame(scene.web, piece), to: scene.web) == scene.a)
        }
      }
    }
  }

  @Test("X5 a full set: expired sources give way first, then any one", arguments: PipelineTarget.available)
  func fullSet(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let sameSet = try sourcesOfOneSet(scene, count: 12)
      for number in sameSet.prefix(4) { #expect(try scene.udp(number, 1) == scene.a) }
      sw.tick(1000 + 6 * 64)
      for number in sameSet[4..<8] { #expect(try scene.udp(number, 1) == scene.a) }
      scene.give(to: scene.b)
      sw.tick(1000 + 12 * 64)
      for number in sameSet[8...] { #expect(try scene.udp(number, 1) == scene.b, "new") }
      for number in sameSet[4..<8] { #expect(try scene.udp(number, 1) == scene.a, "these were not expired") }
      #expect(scene.sources == 8)
      #expect(try scene.udp(sameSet[0], 1) == scene.b, "it takes another's place")
      #expect(scene.sources == 8)
      scene.give(to: scene.c)
      #expect(try scene.udp(sameSet[0], 1) == scene.b)
    }
  }

  /// Sources whose entries stand in one set.
  private func sourcesOfOneSet(_ scene: Scene, count: Int) throws -> [Int] {
    let mask = UInt32(TestSwitch.dimensions.sourceSets - 1)
    func set(_ number: Int) -> UInt32 {
      let tag = SourceTable.tag(
        0, scene.source(number).lo, cluster: UInt32(scene.web.index), seed: 0x5eed_5eed_5eed_5eed)
      return SourceTable.set(tag, mask: mask)
    }
    let wanted = set(1)
    let found = Array((1...65000).lazy.filter { set($0) == wanted }.prefix(count))
    try #require(found.count == count)
    return found
  }
}
