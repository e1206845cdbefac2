import Datapath
import Forwarding
import Support
import Testing
import Wire

/// The table drawn in Pipeline+Transition.swift, where a member of the transition was withdrawn.
@Suite("X5 X8 buckets of which a member is withdrawn")
struct WithdrawalTests {
  /// One bucket that was `a`'s, went to `b`, and goes to `c` or back to `a`, since `b` drains.
  struct Scene {
    let sw: TestSwitch
    let web: TestSwitch.Cluster
    var a: TestSwitch.Member { web.members[0] }
    var b: TestSwitch.Member { web.members[1] }
    var c: TestSwitch.Member { web.members[2] }
    let isIPv6: Bool
    var bucket: Int { web.buckets.lowerBound }

    init(_ sw: TestSwitch, isIPv6: Bool = false) throws {
      self.sw = sw
      self.isIPv6 = isIPv6
      web = sw.cluster(Net.web(isIPv6), buckets: 1, members: (1...3).map { sw.member(onPort: $0) })
      sw.tables.setBucket(bucket, BucketWord(current: a.index))
    }

    func move(observing: Bool) { sw.transit(web, from: a, to: b, observing: observing) }
    /// `b` is withdrawn; `observed`: `a`, `b` or nobody.
    func withdraw(for current: TestSwitch.Member?, observed: TestSwitch.Member? = nil) {
      sw.tables.setBucket(
        bucket,
        BucketWord(
          current: current?.index ?? 0, previous: a.index, withdrawn: b.index, isTransit: true,
          isObserving: observed != nil, observesWithdrawn: observed == b))
    }
    func tcp(_ port: Int, _ flags: TCPFlags) throws -> TestSwitch.Member {
      try sw.expectSteered(sw.tcp(web, from: Net.client(isIPv6), port, flags), to: web)
    }
    func udp(_ ports: Int...) throws -> [TestSwitch.Member] {
      try ports.map { try sw.expectSteered(sw.udp(web, from: Net.client(isIPv6), $0), to: web) }
    }
    func counters(_ member: TestSwitch.Member) -> MemberCounters { sw.tables.memberCounters(member.index) }
    var entries: Int { sw.tables.ageFlows(limit: 250) }
    var use: UInt32 { sw.tables.previousUse(ofBucket: bucket) }
  }

  @Test(
    "X5 TCP: the withdrawn member gets nothing new at once, and keeps what it has",
    arguments: PipelineTarget.available, [false, true])
  func tcp(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      #expect(try scene.tcp(1, .syn) == scene.a)
      scene.move(observing: false)
      #expect(try scene.tcp(2, .syn) == scene.b)
      for observed in [scene.a, scene.b, nil] {
        scene.withdraw(for: scene.c, observed: observed)
        #expect(try scene.tcp(3, .syn) == scene.c, "new")
        #expect(try scene.tcp(3, .ack) == scene.c)
        #expect(try scene.tcp(2, .ack) == scene.b, "has an entry")
        #expect(try scene.tcp(2, .syn) == scene.b, "its SYN again")
        #expect(try scene.tcp(1, .ack) == scene.a, "began before all of it")
      }
      #expect(scene.entries == 2)
      #expect(scene.counters(scene.c).newFlows == 1 && scene.counters(scene.b).newFlows == 1)
      #expect(scene.counters(scene.a).leavingPackets == 3 && scene.counters(scene.b).leavingPackets == 6)
    }
  }

  @Test(
    "X5 protocols without a beginning: the observed member keeps them, afterwards unknown ones go to the new one",
    arguments: PipelineTarget.available, [false, true])
  func others(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      scene.move(observing: true)
      #expect(try scene.udp(1) == [scene.a])
      scene.withdraw(for: scene.c, observed: scene.a)
      #expect(try scene.udp(1, 2) == [scene.a, scene.a], "as if nothing were")
      scene.withdraw(for: scene.c)
      #expect(try scene.udp(1, 2, 3) == [scene.a, scene.a, scene.c])
      #expect(scene.entries == 2)
    }
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      scene.move(observing: true)
      #expect(try scene.udp(1) == [scene.a])
      scene.move(observing: false)
      #expect(try scene.udp(2) == [scene.b], "has no entry")
      scene.withdraw(for: scene.c, observed: scene.b)
      #expect(try scene.udp(1, 2) == [scene.a, scene.b])
      scene.withdraw(for: scene.c)
      #expect(try scene.udp(1, 2, 3) == [scene.a, scene.b, scene.c])
      #expect(scene.entries == 2)
    }
  }

  @Test(
    "X5 back to the previous member: that is no use of an old path and needs no entries",
    arguments: PipelineTarget.available)
  func takenBack(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.move(observing: false)
      #expect(try scene.tcp(2, .syn) == scene.b)
      sw.tables.startTransit(ofBucket: scene.bucket, fine: 1000)
      sw.tick(1010)
      for observed in [scene.a, nil] {
        scene.withdraw(for: scene.a, observed: observed)
        #expect(try scene.tcp(1, .ack) == scene.a)
        #expect(try scene.tcp(3, .syn) == scene.a)
        #expect(try scene.udp(1) == [scene.a])
      }
      #expect(scene.use == 1000 && scene.entries == 1 && scene.counters(scene.a).leavingPackets == 0)
      #expect(try scene.tcp(2, .ack) == scene.b)
      #expect(scene.use == 1010, "this is one")
      sw.tick(1020)
      scene.withdraw(for: scene.a, observed: scene.b)
      #expect(try scene.udp(7) == [scene.b])
      #expect(scene.use == 1020 && scene.entries == 2)
    }
  }

  @Test(
    "X5 nobody takes new flows: old ones go on, each with its member", arguments: PipelineTarget.available)
  func nobody(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.move(observing: false)
      #expect(try scene.tcp(2, .syn) == scene.b)
      scene.withdraw(for: nil)
      #expect(try scene.tcp(1, .ack) == scene.a)
      #expect(try scene.tcp(2, .ack) == scene.b)
      try sw.expect("new", sw.tcp(scene.web, from: Net.client, 3, .syn), on: 0, .dropped(.noMember))
      try sw.expect("new", sw.udp(scene.web, from: Net.client, 3), on: 0, .dropped(.noMember))
    }
  }

  @Test("X3 X5 an ICMP error follows its flow, and enters none", arguments: PipelineTarget.available)
  func errors(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.move(observing: false)
      #expect(try scene.tcp(2, .syn) == scene.b)
      func error(_ upper: UpperPayload) throws -> TestSwitch.Member {
        let server = scene.web.address.address
        let message = UpperPayload.icmpError(type: 3, about: .ip(server, Net.client, upper))
        return try sw.expectSteered(
          sw.frame(scene.web, .ip(ErrorTests.complainer(false), server, message)), to: scene.web)
      }
      for (observed, member) in [(scene.a, scene.a), (scene.b, scene.b), (nil, scene.c)]
        as [(TestSwitch.Member?, TestSwitch.Member)]
      {
        scene.withdraw(for: scene.c, observed: observed)
        #expect(try error(.tcp(80, 1, .ack)) == scene.a)
        #expect(try error(.tcp(80, 2, .ack)) == scene.b)
        #expect(try error(.udp(53, 9)) == member)
      }
      #expect(scene.entries == 1)
    }
  }
}
