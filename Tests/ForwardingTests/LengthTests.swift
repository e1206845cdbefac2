import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// Frames end at an inaccessible page in the host's target: a byte read or written beyond the end ends the process.
@Suite("frames cut at every length")
struct LengthTests {
  /// A frame of each kind, with the port that it comes in on.
  static func kinds(_ sw: TestSwitch) throws -> [(String, TestFrame, Int)] {
    let four = sw.cluster(Net.web, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
    let six = sw.cluster(Net.webV6, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
    let pop = sw.cluster("10.0.0.9", vlan: 9, members: [sw.member(onPort: 3)])
    let push = sw.cluster("10.0.0.8", members: [sw.member(onPort: 3, vlan: 8)])
    let named = try sw.services("10.0.0.7", [.init(6, 80, four), .init(17, 53, four)])
    sw.neighbour(Net.routerIP, sw.router)
    sw.neighbour(Net.routerV6, sw.router, isRouter: true)
    sw.transit(push, from: push.members[0], to: push.members[0], observing: true)
    let member = four.members[0].mac
    let memberV6 = six.members[0].mac
    let (server, serverV6) = (Net.web.address, Net.webV6.address)
    var kinds: [(String, TestFrame, Int)] = []
    for (name, packet) in SteeringTests.packets(Net.client, server) {
      kinds.append((name, sw.frame(four, packet), 0))
    }
    for (name, packet) in SteeringTests.packets(Net.clientV6, serverV6) {
      kinds.append((name, sw.frame(six, packet), 0))
    }
    let headers: [ExtensionHeader] = [
      .hopByHop, .routing, .destinationOptions, .fragment(Piece(id: 3, offset: 0, more: true)),
    ]
    let about = NetworkPayload.ipv4(server, Net.client, .tcp(80, 1, .ack), options: [1, 1, 1, 1])
    let aboutV6 = NetworkPayload.ipv6(serverV6, Net.clientV6, .tcp(80, 1, .ack), headers: headers)
    let more: [(String, TestFrame, Int)] = [
      (
        "options",
        sw.frame(
          four, .ipv4(Net.client, server, .tcp(1, 80, .syn), options: [UInt8](repeating: 1, count: 40))), 0
      ),
      (
        "fragment",
        sw.frame(four, .ipv4(Net.client, server, .udp(1, 80), piece: Piece(id: 1, offset: 0, more: true))), 0
      ),
      (
        "later fragment",
        sw.frame(four, .ipv4(Net.client, server, .udp(1, 80), piece: Piece(id: 2, offset: 80, more: false))),
        0
      ),
      ("v6 headers", sw.frame(six, .ipv6(Net.clientV6, serverV6, .udp(1, 80), headers: headers)), 0),
      ("error", sw.frame(four, .ipv4("203.0.113.1", server, .icmpError(type: 3, about: about, keep: 60))), 0),
      ("v6 error", sw.frame(six, .ipv6("2001:db8::1", serverV6, .icmpv6Error(type: 2, about: aboutV6))), 0),
      ("pop", sw.tcp(pop, from: Net.client, 1, .syn, tags: [.vlan(9)]), 0),
      ("push", sw.tcp(push, from: Net.client, 1, .syn), 0),
      ("service", sw.tcp(named, from: Net.client, 1, .syn), 0),
      ("two tags", sw.tcp(pop, from: Net.client, 1, .syn, tags: [.vlan(9), .vlan(10)]), 0),
      ("three tags", sw.tcp(pop, from: Net.client, 1, .syn, tags: [.vlan(9), .vlan(10), .vlan(11)]), 0),
      (
        "ARP",
        TestFrame(
          from: sw.router, to: .broadcast, .arp(.request, sender: Net.routerIP, sw.router, target: server)), 0
      ),
      (
        "ARP claim",
        TestFrame(from: member, to: .broadcast, .arp(.request, sender: server, member, target: server)), 1
      ),
      (
        "ARP question",
        TestFrame(
          from: member, to: sw.router, tags: [.priority(1)],
          .arp(.request, sender: server, member, target: Net.routerIP)), 1
      ),
      (
        "NS",
        TestFrame(
          from: sw.router, to: six.mac,
          .ipv6("fe80::1", serverV6, .neighbourSolicitation(serverV6, option: sw.router))), 0
      ),
      (
        "NS question",
        TestFrame(
          from: memberV6, to: sw.router,
          .ipv6(serverV6, Net.routerV6, .neighbourSolicitation(Net.routerV6, option: memberV6))), 1
      ),
      (
        "NA hidden",
        TestFrame(
          from: memberV6, to: sw.router,
          .ipv6(
            serverV6, Net.routerV6, .neighbourAdvertisement(serverV6, flags: 0, option: memberV6),
            headers: headers)), 1
      ),
      (
        "RS",
        TestFrame(
          from: memberV6, to: "33:33:00:00:00:02",
          .ipv6(serverV6, "ff02::2", .routerSolicitation(option: memberV6))), 1
      ),
      (
        "LLC",
        TestFrame(
          from: sw.router, to: "01:80:c2:00:00:00", .llc([0x42, 0x42, 3] + [UInt8](repeating: 0, count: 35))),
        0
      ),
    ]
    return kinds + more
  }

  @Test(
    "H7 a frame cut at any length is decided on, counted once, and never read beyond its end",
    arguments: PipelineTarget.available)
  func everyLength(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for (name, frame, port) in try LengthTests.kinds(sw) {
        for length in 0...min(frame.bytes.count, 160) {
          let cut = frame.cut(to: length)
          if !target.takes(cut.bytes) { continue }
          let seen = try sw.run(cut, on: port)
          if case .inconsistent(let why) = seen.outcome { Issue.record("\(name) cut to \(length): \(why)") }
          if length < 14 { #expect(seen.outcome == .dropped(.runt)) }
        }
      }
    }
  }

  @Test("H7 the same with lengths that claim anything", arguments: PipelineTarget.available)
  func lies(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for (_, frame, port) in try LengthTests.kinds(sw) where frame.bytes.count > 40 {
        for offset in [14, 16, 18, 20, 34, 42, 54, 55, 62, 63] where offset + 2 < frame.bytes.count {
          for value in [0, 1, 20, 0x45, 0x4f, 0x60, 0x6f, 0xff] as [UInt8] {
            for lie in [
              frame.setting(offset, value), frame.setting(offset, 0, value),
              frame.setting(offset, value, 0xff),
            ] {
              for length in [lie.bytes.count, 55, 42] {
                var bytes = Array(lie.bytes.prefix(length))
                if !target.takes(bytes) { continue }
                _ = try sw.runner.run(&bytes, port: port)
              }
            }
          }
        }
      }
      #expect(sw.sumsAgree)
    }
  }

  @Test("H7 the longest frames", arguments: PipelineTarget.available)
  func longest(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: [sw.member(onPort: 1)])
      sw.setLongestFrame(1, 70000)
      let data = [UInt8](repeating: 1, count: target == .host ? 65000 : 3300)
      try sw.expectSteered(
        "jumbo", sw.frame(four, .ipv4(Net.client, Net.web.address, .udp(1, 2, data))), to: four)
    }
  }
}

@Suite("station table")
struct StationTableTests {
  @Test("H7 set and tag are the whole key: every key comes back") func roundtrip() {
    var random = SplitMix64(seed: 4)
    for i in 0..<100_000 {
      let key = i < 4096 ? UInt64(i) << 48 | 0xffff_ffff_ffff : random.next() & 0x0fff_ffff_ffff_ffff
      let mixed = StationTable.mixed(key)
      let word = StationTable.word(tag: StationTable.tag(mixed), port: UInt32(i % 501), seen: UInt32(i % 255))
      if StationTable.key(set: StationTable.set(mixed), word: word) != key
        || StationTable.tag(ofWord: word) != StationTable.tag(mixed)
        || StationTable.set(mixed) >= FS_STATION_SETS || Int(StationTable.port(word)) != i % 501
        || StationTable.seen(word) != UInt32(i % 255) || mixed >> 60 != 0
      {
        Issue.record("\(String(key, radix: 16)) does not come back")
      }
    }
    for key in [0, 1, (1 << 60) - 1, 1 << 59, 0xffff_ffff_ffff] as [UInt64] {
      #expect(Mix60.unmix(Mix60.mix(key)) == key)
    }
  }

  @Test("H7, H9 every port's number, and that of pools' routers, stands in a word and in a link")
  func ports() {
    // Tags of all bits and of none: no word is 0, which is a free place.
    for port in 0...FS_STATION_ROUTER {
      for tag in [0, (1 << 47) - 1] as [UInt64] {
        for seen in [0, 255] as [UInt32] {
          let word = StationTable.word(tag: tag, port: port, seen: seen)
          #expect(word != 0 && StationTable.tag(ofWord: word) == tag)
          #expect(StationTable.port(word) == port && StationTable.seen(word) == seen)
          #expect(StationTable.router(word) == seen)
        }
      }
    }
    for port in 0..<FS_PORTS {
      let mac: UInt64 = 0xffff_ffff_ffff
      #expect(
        StationTable.port(ofLink: mac | UInt64(port) << UInt64(FS_LINK_PORT_SHIFT) | FS_LINK_VALID) == port)
    }
    #expect(UInt64(FS_PORTS - 1) << UInt64(FS_LINK_PORT_SHIFT) & FS_LINK_VALID == 0)
  }

  @Test(
    "H7 addresses that count up spread over the sets",
    arguments: [1, 256, 1 << 16, 1 << 24, 1 << 40] as [UInt64])
  func spread(step: UInt64) {
    var counts = [Int](repeating: 0, count: Int(FS_STATION_SETS))
    for i in 0..<UInt64(min(2 * UInt64(FS_STATION_SETS), (1 << 48) / step)) {
      let mac = MACAddress(number: 0x0200_0000_0000 &+ i &* step)
      counts[Int(StationTable.set(StationTable.mixed(mac.raw)))] += 1
    }
    #expect(counts.allSatisfy { $0 <= 12 }, "the fullest has \(counts.max() ?? 0) of 2 expected")
  }

  @Test("time between coarse times, which count to 254") func ages() {
    for (then, now, age) in [(0, 0, 0), (5, 9, 4), (254, 0, 1), (250, 4, 9), (1, 0, 254)]
      as [(UInt32, UInt32, UInt32)]
    {
      #expect(Age.between(then, now) == age)
    }
  }
}
