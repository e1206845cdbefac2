import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// The table drawn in Pipeline+Transition.swift, cell by cell.
@Suite("X5 X6 X8 buckets in transition")
struct TransitionTests {
  /// One bucket that moves from `a` to `b`.
  struct Scene {
    let sw: TestSwitch
    let web: TestSwitch.Cluster
    let a: TestSwitch.Member
    let b: TestSwitch.Member
    let isIPv6: Bool

    init(_ sw: TestSwitch, isIPv6: Bool = false) throws {
      self.sw = sw
      self.isIPv6 = isIPv6
      web = sw.cluster(Net.web(isIPv6), buckets: 1, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      a = web.members[0]
      b = web.members[1]
      sw.tables.setBucket(web.buckets.lowerBound, BucketWord(current: a.index))
    }

    func begin(observing: Bool) { sw.transit(web, from: a, to: b, observing: observing) }
    func settle() { sw.tables.setBucket(web.buckets.lowerBound, BucketWord(current: b.index)) }
    func tcp(_ port: Int, _ flags: TCPFlags) throws -> TestSwitch.Member {
      try sw.expectSteered(sw.tcp(web, from: Net.client(isIPv6), port, flags), to: web)
    }
    func udp(_ port: Int) throws -> TestSwitch.Member {
      try sw.expectSteered(sw.udp(web, from: Net.client(isIPv6), port), to: web)
    }
    func counters(_ member: TestSwitch.Member) -> MemberCounters { sw.tables.memberCounters(member.index) }
    var entries: Int { sw.tables.ageFlows(limit: 250) }
  }

  @Test(
    "X8 TCP: new connections go to the new member and stay there, old ones stay",
    arguments: PipelineTarget.available, [(false, false), (false, true), (true, false), (true, true)])
  func tcp(target: PipelineTarget, kind: (isIPv6: Bool, observing: Bool)) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: kind.isIPv6)
      #expect(try scene.tcp(1, .syn) == scene.a)
      scene.begin(observing: kind.observing)
      for flags in [.ack, [.ack, .psh], [.fin, .ack], .rst, [.syn, .ack]] as [TCPFlags] {
        #expect(try scene.tcp(1, flags) == scene.a, "it began before")
      }
      #expect(scene.entries == 0, "and needs no entry")
      for _ in 0..<3 { #expect(try scene.tcp(2, .syn) == scene.b, "SYN, and again") }
      for flags in [.ack, .fin, .rst, .ack] as [TCPFlags] { #expect(try scene.tcp(2, flags) == scene.b) }
      #expect(scene.entries == 1)
      #expect(scene.counters(scene.b).newFlows == 1 && scene.counters(scene.a).leavingPackets == 5)
      scene.settle()
      #expect(try scene.tcp(2, .ack) == scene.b)
      #expect(try scene.tcp(1, .ack) == scene.b, "settled: nothing of before is left")
    }
  }

  @Test(
    "X8 protocols without a beginning: seen while observing, they stay; unseen ones go to the new member",
    arguments: PipelineTarget.available, [false, true])
  func others(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, isIPv6: isIPv6)
      let source = Net.client(isIPv6)
      let flows: [UpperPayload] = [
        .udp(1, 53), .quic(2), .sctp(3, 99), .esp(spi: 1), .other(253),
        isIPv6 ? .icmpv6Echo(id: 1) : .icmpEcho(id: 1),
      ]
      func member(_ upper: UpperPayload) throws -> TestSwitch.Member {
        try sw.expectSteered(
          sw.frame(scene.web, .ip(source, scene.web.address.address, upper)), to: scene.web)
      }
      scene.begin(observing: true)
      for flow in flows + flows { #expect(try member(flow) == scene.a) }
      #expect(scene.entries == flows.count)
      scene.begin(observing: false)
      for flow in flows { #expect(try member(flow) == scene.a) }
      #expect(try scene.udp(77) == scene.b)
      #expect(try scene.udp(77) == scene.b)
      #expect(scene.entries == flows.count, "unseen ones need no entry")
      #expect(scene.counters(scene.a).leavingPackets == UInt64(flows.count * 3))
    }
  }

  @Test(
    "X5 the use of the previous path is written down, so that control sees when it ends",
    arguments: PipelineTarget.available)
  func previousUse(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let bucket = scene.web.buckets.lowerBound
      scene.begin(observing: false)
      sw.tables.startTransit(ofBucket: bucket, fine: 1000)
      sw.tick(1010)
      #expect(try scene.tcp(1, .syn) == scene.b)
      #expect(try scene.udp(1) == scene.b)
      #expect(sw.tables.previousUse(ofBucket: bucket) == 1000)
      #expect(try scene.tcp(2, .ack) == scene.a)
      #expect(sw.tables.previousUse(ofBucket: bucket) == 1010)
      sw.tick(1020)
      #expect(try scene.tcp(1, .ack) == scene.b)
      #expect(sw.tables.previousUse(ofBucket: bucket) == 1010)
    }
  }

  @Test(
    "X8 entries of older transitions: kept where their member is one of the two, else dropped",
    arguments: PipelineTarget.available)
  func older(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let c = sw.member(onPort: 3)
      let scene = try Scene(sw)
      sw.tables.setMember(c.index, vlan: .untagged, cluster: 0)
      sw.tables.setMemberLink(c.index, MemberLink(mac: c.mac, port: 3))
      var web = scene.web
      web.members.append(c)
      func tcp(_ port: Int, _ flags: TCPFlags) throws -> TestSwitch.Member {
        try sw.expectSteered(sw.tcp(web, from: Net.client, port, flags), to: web)
      }
      scene.begin(observing: false)
      #expect(try tcp(1, .syn) == scene.b)
      scene.settle()
      sw.transit(web, from: scene.b, to: c)
      #expect(try tcp(1, .ack) == scene.b, "its entry names the previous member")
      #expect(try tcp(2, .syn) == c)
      sw.tables.setBucket(web.buckets.lowerBound, BucketWord(current: c.index))
      sw.transit(web, from: c, to: scene.a)
      #expect(scene.entries == 2)
      #expect(try tcp(1, .ack) == c, "its entry names neither: like one that began before")
      #expect(scene.entries == 1, "and is gone")
      #expect(try tcp(1, .syn) == scene.a, "a new connection with the same ports")
      #expect(try tcp(2, .ack) == c)
    }
  }

  @Test(
    "X6 a full set: new flows stay on the previous member and are counted; confirmed entries stay",
    arguments: PipelineTarget.available)
  func fullSet(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.begin(observing: false)
      let sameSet = try portsOfOneSet(scene, count: 20)
      for port in sameSet.prefix(8) {
        #expect(try scene.tcp(port, .syn) == scene.b)
        #expect(try scene.tcp(port, .ack) == scene.b, "confirmed")
      }
      for port in sameSet.dropFirst(8) {
        #expect(try scene.tcp(port, .syn) == scene.a, "no room: the member that it has without entry")
        #expect(try scene.tcp(port, .ack) == scene.a)
      }
      for port in sameSet.prefix(8) { #expect(try scene.tcp(port, .ack) == scene.b) }
      #expect(scene.counters(scene.a).unentered == 12 && scene.counters(scene.b).newFlows == 8)
      sw.tick(1000 + 251 * 32)
      #expect(try scene.tcp(sameSet[9], .syn) == scene.b, "entries that are silent for long give way")
    }
  }

  @Test("X6 a flood of SYNs pushes out unconfirmed entries only", arguments: PipelineTarget.available)
  func flood(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.begin(observing: true)
      for port in 1...100 {
        #expect(try scene.tcp(port, .syn) == scene.b)
        #expect(try scene.tcp(port, .ack) == scene.b)
        #expect(try scene.udp(port) == scene.a)
        #expect(try scene.udp(port) == scene.a)
      }
      for i in 0..<6000 {
        let source = IPAddress(203, 0, UInt8(i >> 8), UInt8(i & 255))
        _ = try sw.run(
          i % 2 == 0 ? sw.tcp(scene.web, from: source, i, .syn) : sw.udp(scene.web, from: source, i), on: 0)
      }
      scene.begin(observing: false)
      for port in 1...100 {
        #expect(try scene.tcp(port, .ack) == scene.b)
        #expect(try scene.udp(port) == scene.a)
      }
    }
  }

  @Test("X6 in steady state a flow leaves nothing behind", arguments: PipelineTarget.available)
  func steady(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      for port in 1...300 {
        for frame in [sw.tcp(web, from: Net.client, port, .syn), sw.udp(web, from: Net.client, port)] {
          try sw.expectSteered(frame, to: web)
        }
      }
      #expect(
        sw.tables.bytes(.flows).allSatisfy { $0 == 0 } && sw.tables.bytes(.fragments).allSatisfy { $0 == 0 })
    }
  }

  @Test(
    "X5 draining the last member: old flows go on, new ones get nobody", arguments: PipelineTarget.available)
  func draining(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      sw.tables.setBucket(
        scene.web.buckets.lowerBound,
        BucketWord(current: 0, previous: scene.a.index, isTransit: true, isObserving: true))
      #expect(try scene.tcp(1, .ack) == scene.a)
      #expect(try scene.udp(1) == scene.a)
      let syn = sw.tcp(scene.web, from: Net.client, 2, .syn)
      try sw.expect("new", syn, on: 0, .dropped(.noMember))
      sw.tables.setBucket(
        scene.web.buckets.lowerBound, BucketWord(current: 0, previous: scene.a.index, isTransit: true))
      #expect(try scene.udp(1) == scene.a)
      try sw.expect("new", sw.udp(scene.web, from: Net.client, 2), on: 0, .dropped(.noMember))
      #expect(scene.entries == 1)
    }
  }

  @Test("X5 a dead previous member takes its flows along, no others", arguments: PipelineTarget.available)
  func deadPrevious(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.begin(observing: false)
      #expect(try scene.tcp(1, .syn) == scene.b)
      sw.tables.setMemberLink(scene.a.index, nil)
      try sw.expect("its flow", sw.tcp(scene.web, from: Net.client, 2, .ack), on: 0, .dropped(.noMember))
      #expect(try scene.tcp(1, .ack) == scene.b)
      #expect(try scene.tcp(3, .syn) == scene.b)
    }
  }

  /// Source ports of flows whose entries stand in one set.
  private func portsOfOneSet(_ scene: Scene, count: Int) throws -> [Int] {
    let mask = UInt32(TestSwitch.dimensions.flowSets - 1)
    let address = scene.web.address.address
    func set(_ port: Int) -> UInt32 {
      let key = FlowKey(
        sourceHi: 0, sourceLo: Net.client.lo, destinationHi: 0, destinationLo: address.lo,
        ports: UInt32(UInt16(port).byteSwapped) | UInt32(UInt16(80).byteSwapped) << 16, protocolNumber: 6)
      return FlowTable.set(key.tag(seed: 0x5eed_5eed_5eed_5eed), mask: mask)
    }
    let wanted = set(1)
    let ports = Array((1...65535).lazy.filter { set($0) == wanted }.prefix(count))
    try #require(ports.count == count)
    return ports
  }
}
