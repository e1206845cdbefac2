import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("H5 H7 switching")
struct SwitchingTests {
  static let a: MACAddress = "02:00:00:00:00:0a"
  static let b: MACAddress = "02:00:00:00:00:0b"

  func frame(_ from: MACAddress, _ to: MACAddress, _ tags: [TestFrame.Tag] = []) -> TestFrame {
    TestFrame(from: from, to: to, tags: tags, .ipv4("192.0.2.1", "192.0.2.2", .udp(1, 2)))
  }

  @Test(
    "H7 stations are learned where they speak; unknown ones are flooded", arguments: PipelineTarget.available)
  func learning(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let (a, b) = (SwitchingTests.a, SwitchingTests.b)
      try sw.expect("nobody knows b", frame(a, b), on: 0, .flooded)
      try sw.expect("b answers", frame(b, a), on: 5, .forwarded(0))
      try sw.expect("known", frame(a, b), on: 0, .forwarded(5))
      try sw.expect("H7 never out of the port that it came in on", frame(a, b), on: 5, .dropped(.samePort))
      #expect(sw.tables.stations.map(\.mac) == [b, a] || sw.tables.stations.count == 2)
    }
  }

  @Test(
    "H7 a station that moves is found where it is now, also when it comes back",
    arguments: PipelineTarget.available)
  func moves(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let (a, b) = (SwitchingTests.a, SwitchingTests.b)
      try sw.learn(b, on: 0)
      for port in [1, 2, 1, 5, 1] {
        try sw.expect("a speaks", frame(a, b), on: port, .forwarded(0))
        try sw.expect("a is on \(port)", frame(b, a), on: 0, .forwarded(port))
        #expect(sw.tables.stations.filter { $0.mac == a }.count == 1)
      }
    }
  }

  @Test("H7 broadcast and multicast go to every other port", arguments: PipelineTarget.available)
  func groups(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for mac in ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01", "01:80:c2:00:00:10"]
        as [MACAddress]
      {
        try sw.expect("\(mac)", frame(SwitchingTests.a, mac), on: 3, .flooded)
      }
    }
  }

  @Test(
    "H7 IEEE 802.1Q §8.6.3 link-local groups stay on the link, but for the spanning tree's",
    arguments: PipelineTarget.available)
  func linkLocal(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for last in UInt8(0)...15 {
        let mac = MACAddress(0x01, 0x80, 0xc2, 0, 0, last)
        let frame = TestFrame(
          from: SwitchingTests.a, to: mac, .llc([0x42, 0x42, 3] + [UInt8](repeating: 0, count: 35)))
        try sw.expect("\(mac)", frame, on: 0, last == 0 ? .flooded : .dropped(.linkLocal))
        try sw.expect(
          "\(mac) tagged", self.frame(SwitchingTests.a, mac, [.vlan(5)]), on: 0,
          last == 0 ? .flooded : .dropped(.linkLocal))
      }
    }
  }

  @Test("H7 VLANs keep stations apart and tags stay", arguments: PipelineTarget.available)
  func vlans(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let (a, b) = (SwitchingTests.a, SwitchingTests.b)
      try sw.learn(b, on: 1, tags: [.vlan(10)])
      try sw.learn(b, on: 2, tags: [.vlan(20)])
      try sw.learn(b, on: 3)
      try sw.expect("10", frame(a, b, [.vlan(10)]), on: 0, .forwarded(1))
      try sw.expect("20", frame(a, b, [.vlan(20, priority: 6)]), on: 0, .forwarded(2))
      try sw.expect("802.1ad", frame(a, b, [.service(20)]), on: 0, .forwarded(2))
      try sw.expect("untagged", frame(a, b), on: 0, .forwarded(3))
      try sw.expect(
        "IEEE 802.1Q §9.6 priority tag is untagged", frame(a, b, [.priority(5)]), on: 0, .forwarded(3))
      try sw.expect("elsewhere", frame(a, b, [.vlan(30)]), on: 0, .flooded)
      try sw.expect("4095", frame(a, b, [.vlan(4095)]), on: 0, .flooded)
      let known = Set(sw.tables.stations.map { "\($0.mac) \($0.vlan.raw) \($0.port)" })
      #expect(known.isSuperset(of: ["\(b) 10 1", "\(b) 20 2", "\(b) 0 3", "\(a) 4095 0"]))
    }
  }

  @Test("H7 two tags and ten: the outer one is the VLAN, all are kept", arguments: PipelineTarget.available)
  func manyTags(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let (a, b) = (SwitchingTests.a, SwitchingTests.b)
      try sw.learn(b, on: 1, tags: [.vlan(10)])
      for count in 2...10 {
        let tags = [.vlan(10)] + (1..<count).map { TestFrame.Tag.vlan(100 + $0) }
        try sw.expect("\(count)", frame(a, b, tags), on: 0, .forwarded(1))
        try sw.expect("\(count)", frame(a, .broadcast, tags), on: 0, .flooded)
      }
    }
  }

  @Test(
    "H7 ageing: a silent station is forgotten, a speaking one is not", arguments: PipelineTarget.available)
  func ageing(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let (a, b) = (SwitchingTests.a, SwitchingTests.b)
      try sw.learn(a, on: 1)
      try sw.learn(b, on: 2)
      try sw.learn(SwitchingTests.a, on: 1)
      var received = sw.tables.refreshLastSources(ports: 8, earlier: [])
      for step in UInt32(1)...300 {
        sw.tick(1000 + step * 32)
        // a speaks all the time and is its port's last source, which the datapath does not enter again.
        try sw.learn(a, on: 1)
        received = sw.tables.refreshLastSources(ports: 8, earlier: received)
        sw.tables.ageStations(limit: 20)
        if step == 19 { try sw.expect("still there", frame(a, b), on: 1, .forwarded(2)) }
      }
      try sw.expect("b is gone", frame(a, b), on: 1, .flooded)
      try sw.expect("a is there", frame(b, a), on: 2, .forwarded(1))
      sw.tables.ageStations(limit: 20, gone: [1])
      try sw.expect("its port is gone", frame(b, a), on: 2, .flooded)
      try sw.expect("the port is back", frame(a, b), on: 1, .forwarded(2))
      try sw.expect("and learns", frame(b, a), on: 2, .forwarded(1))
    }
  }

  @Test("H7 a full set of stations gives one way, and floods it", arguments: PipelineTarget.available)
  func fullSet(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      // Nine stations of one set.
      var macs: [MACAddress] = []
      var number: UInt64 = 2
      while macs.count < 9 {
        number += 256
        if StationTable.set(StationTable.mixed(number)) == 5 { macs.append(MACAddress(raw: number)) }
      }
      for mac in macs {
        try sw.learn(mac, on: 1)
      }
      #expect(sw.tables.stations.count == 8)
      let known = Set(sw.tables.stations.map(\.mac))
      #expect(known.isSubset(of: Set(macs)) && known.contains(macs[8]))
      for mac in macs {
        try sw.expect(
          "\(mac)", frame(SwitchingTests.a, mac), on: 0, known.contains(mac) ? .forwarded(1) : .flooded)
      }
    }
  }

  @Test("H5 frames from members to routers are switched untouched", arguments: PipelineTarget.available)
  func fromMembers(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      let webV6 = sw.cluster(Net.webV6, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      try sw.learn(sw.router, on: 0)
      for cluster in [web, webV6] {
        for member in cluster.members {
          let isIPv6 = cluster.address.address.isIPv6
          for (name, packet) in SteeringTests.packets(cluster.address.address, Net.client(isIPv6)) {
            let frame = TestFrame(from: member.mac, to: sw.router, packet)
            try sw.expect(name, frame, on: member.port, .forwarded(0))
          }
        }
      }
      let pieces = NetworkPayload.pieces(
        Net.web.address, Net.client, .udp(53, 5353, [UInt8](repeating: 1, count: 4000)), id: 1, size: 1480)
      for piece in pieces {
        try sw.expect(
          "a fragment", TestFrame(from: web.members[0].mac, to: sw.router, piece), on: 1, .forwarded(0))
      }
    }
  }

  @Test(
    "bad sources: multicast, zero, the switch's own addresses (loops)", arguments: PipelineTarget.available)
  func badSources(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for mac in ["01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "03:00:00:00:00:01"]
        as [MACAddress]
      {
        try sw.expect("\(mac)", frame(mac, SwitchingTests.a), on: 0, .dropped(.badSource))
      }
      for index in 0..<8 {
        try sw.expect(
          "virtual", frame(sw.mac(ofCluster: index), SwitchingTests.a), on: 0, .dropped(.ownSource))
        try sw.expect(
          "virtual", frame(sw.mac(ofCluster: index), SwitchingTests.a), on: 7, .dropped(.ownSource))
      }
      try sw.expect("beyond the clusters", frame(sw.mac(ofCluster: 8), SwitchingTests.a), on: 0, .flooded)
      try sw.expect(
        "its own, elsewhere", frame(TestSwitch.ownMAC, SwitchingTests.a), on: 0, .dropped(.ownSource))
      try sw.expect("its own, on its own port", frame(TestSwitch.ownMAC, SwitchingTests.a), on: 7, .flooded)
      try sw.expect(
        "the switch is a station", frame(SwitchingTests.a, TestSwitch.ownMAC), on: 0, .forwarded(7))
      try sw.expect(
        "a virtual MAC of no cluster yet", frame(SwitchingTests.a, sw.mac(ofCluster: 3)), on: 0,
        .dropped(.noCluster))
      try sw.expect(
        "beyond the clusters, as destination", frame(SwitchingTests.b, sw.mac(ofCluster: 8)), on: 1,
        .forwarded(0))
    }
  }

  @Test("a port that is down or whose frames are shorter gets none", arguments: PipelineTarget.available)
  func ports(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, buckets: 1, members: [sw.member(onPort: 2)])
      try sw.learn(SwitchingTests.b, on: 2)
      let plain = frame(SwitchingTests.a, SwitchingTests.b)
      let steered = sw.tcp(web, from: Net.client, 1, .ack)
      sw.setUp(2, false)
      try sw.expect("down", plain, on: 0, .dropped(.portDown))
      try sw.expect("down", steered, on: 0, .dropped(.portDown))
      sw.setUp(2, true)
      try sw.expect("up", plain, on: 0, .forwarded(2))
      sw.setLongestFrame(2, plain.bytes.count)
      try sw.expect("fits", plain, on: 0, .forwarded(2))
      try sw.expect("too long", plain.padded(to: plain.bytes.count + 1), on: 0, .dropped(.tooBig))
      try sw.expect("too long for the member", steered, on: 0, .dropped(.tooBig))
      #expect(sw.tables.portCounters(2).txPackets == 2)
      sw.setLongestFrame(2, 4000)
      try sw.expect("jumbo", plain.padded(to: 3300), on: 0, .forwarded(2))
      try sw.learn(SwitchingTests.b, on: 7)
      sw.setUp(7, false)
      try sw.expect("down", plain, on: 0, .dropped(.portDown))
    }
  }

  @Test("without an interface behind the port the count is taken back", arguments: PipelineTarget.available)
  func noInterface(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      var lost = sw.member(onPort: 9)
      lost.mac = SwitchingTests.b
      let web = sw.cluster(Net.web, buckets: 1, members: [lost])
      sw.tables.setPort(9, flags: FS_PORT_UP, maxFrame: 1518, ifindex: 1)
      let frame = sw.tcp(web, from: Net.client, 1, .ack)
      try sw.expect("nothing there", frame, on: 0, .dropped(.portDown), becomes: frame.to(lost.mac))
      #expect(sw.tables.portCounters(9).txPackets == 0 && sw.tables.portCounters(9).txBytes == 0)
    }
  }
}
