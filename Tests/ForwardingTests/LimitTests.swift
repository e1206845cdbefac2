import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("limits, reasons and counters")
struct LimitTests {
  @Test(
    "a port may make so many punts in 100 ms, each port for itself; without a clock none more",
    arguments: PipelineTarget.available)
  func punts(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      sw.tables.setLimits(seed: 1, puntsPerTick: 3)
      let web = sw.cluster(Net.web, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      func claim(_ port: Int) -> TestFrame {
        TestFrame(
          from: web.members[port - 1].mac, to: .broadcast,
          .arp(.request, sender: Net.web.address, web.members[port - 1].mac, target: Net.web.address))
      }
      for tick in UInt32(1)...4 {
        sw.tick(1000 + tick)
        for _ in 0..<3 { try sw.expect("within", claim(1), on: 1, .punted(.claim)) }
        for _ in 0..<5 {
          try sw.expect("H3 beyond: kept from everybody all the same", claim(1), on: 1, .dropped(.puntLimit))
        }
        try sw.expect("another port", claim(2), on: 2, .punted(.claim))
      }
      sw.tables.setLimits(seed: 1, puntsPerTick: 0)
      sw.tick(2000)
      try sw.expect("none allowed", claim(2), on: 2, .dropped(.puntLimit))
      #expect(sw.tables.count(.claim, port: 1) == 12 && sw.tables.count(.puntLimit, port: 1) == 20)
    }
  }

  @Test("every reason is reached", arguments: PipelineTarget.available)
  func reasons(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, buckets: 1, members: [sw.member(onPort: 1)])
      let six = sw.cluster(Net.webV6, buckets: 1, members: [sw.member(onPort: 1, vlan: 7)])
      let nobody = sw.cluster("10.0.0.9", buckets: 1, members: [])
      let named = try sw.services("10.0.0.8", [.init(6, 80, web)])
      try sw.learn(Net.anyone, on: 5)
      let member = web.members[0].mac
      let server = Net.web.address
      let plain = sw.tcp(web, from: Net.client, 1, .ack)
      let piece = Piece(id: 1, offset: 800, more: true)
      sw.setUp(6, false)
      try sw.learn("02:00:00:00:06:01", on: 6)
      let chain = [ExtensionHeader](repeating: .destinationOptions, count: 7)
      var rows: [(Reason, TestFrame, Int)] = [
        (
          .runt, TestFrame(from: sw.router, to: web.mac, tags: [.vlan(1)], .other(type: 0, [])).cut(to: 17), 0
        ),
        (.badSource, plain.from("01:00:00:00:00:01"), 0), (.ownSource, plain.from(web.mac), 0),
        (.linkLocal, plain.to("01:80:c2:00:00:0e"), 0), (.samePort, plain.to(Net.anyone), 5),
        (.portDown, plain.to("02:00:00:00:06:01"), 0), (.tooBig, plain.padded(to: 1519), 0),
        (.noCluster, plain.to(sw.mac(ofCluster: 7)), 0),
        (.wrongVLAN, sw.tcp(web, from: Net.client, 1, .ack, tags: [.vlan(3)]), 0),
        (.notIP, sw.frame(web, .other(type: 0x1234, [])), 0),
        (.wrongAddress, sw.frame(web, .ipv4(Net.client, "10.0.0.101", .udp(1, 2))), 0),
        (.malformedIP, sw.frame(web, .ipv4(Net.client, server, .udp(1, 2), headerWords: 4)), 0),
        (.headerChain, sw.frame(six, .ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), headers: chain)), 0),
        (.noService, sw.frame(named, .ipv4(Net.client, "10.0.0.8", .tcp(1, 81, .syn))), 0),
        (.noMember, sw.tcp(nobody, from: Net.client, 1, .ack), 0),
        (.fragmentEarly, sw.frame(web, .ipv4(Net.client, server, .tcp(1, 80, .ack), piece: piece)), 0),
        (.badQuote, sw.frame(web, .ipv4(Net.client, server, .other(1, [3, 0, 0, 0, 0, 0, 0, 0]))), 0),
        (
          .claim,
          TestFrame(from: member, to: .broadcast, .arp(.request, sender: server, member, target: server)), 1
        ),
        (
          .question,
          TestFrame(from: member, to: .broadcast, .arp(.request, sender: server, member, target: "10.3.3.3")),
          1
        ),
        (
          .defend,
          TestFrame(
            from: Net.anyone, to: "33:33:ff:00:01:00",
            .ipv6(
              "::", Net.webV6.address.solicitedNode, .neighbourSolicitation(Net.webV6.address, option: nil))),
          5
        ),
      ]
      for (reason, frame, port) in rows {
        try sw.expect("\(reason)", frame, on: port, reason.isPunt ? .punted(reason) : .dropped(reason))
      }
      sw.tables.setLimits(seed: 1, puntsPerTick: 0)
      rows = [(.puntLimit, rows[17].1, 1)]
      try sw.expect("puntLimit", rows[0].1, on: 1, .dropped(.puntLimit))
      // `noHeadroom`: VLANTests; routers: RouterTests; `queueFull` is the pcap datapath's.
      let missing = Reason.allCases.filter { reason in
        (0..<8).allSatisfy { sw.tables.count(reason, port: $0) == 0 }
      }
      #expect(Set(missing) == [.noHeadroom, .queueFull, .strayRouter, .deadRouter])
    }
  }

  @Test("malformed IP headers", arguments: PipelineTarget.available)
  func malformed(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: [sw.member(onPort: 1)])
      let six = sw.cluster(Net.webV6, members: [sw.member(onPort: 1)])
      let server = Net.web.address
      let rows: [(String, NetworkPayload)] = [
        ("version", .ipv4(Net.client, server, .udp(1, 2), version: 6)),
        ("header of 16 bytes", .ipv4(Net.client, server, .udp(1, 2), headerWords: 4)),
        ("header beyond the packet", .ipv4(Net.client, server, .udp(1, 2), headerWords: 15)),
        ("total less than the header", .ipv4(Net.client, server, .udp(1, 2), total: 19)),
        ("total beyond the frame", .ipv4(Net.client, server, .udp(1, 2), total: 200)),
        ("total of 65535", .ipv4(Net.client, server, .udp(1, 2), total: 65535)),
        ("ports beyond the total", .ipv4(Net.client, server, .udp(1, 2), total: 23)),
      ]
      for (name, payload) in rows {
        try sw.expect(name, sw.frame(four, payload), on: 0, .dropped(.malformedIP))
        let padded = sw.frame(four, payload)
        let isBeyond = name == "total beyond the frame" || name == "header beyond the packet"
        if !isBeyond { try sw.expect(name, padded.padded(to: 100), on: 0, .dropped(.malformedIP)) }
      }
      let rowsV6: [(String, NetworkPayload, Reason)] = [
        ("version", .ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), version: 4), .malformedIP),
        (
          "length beyond the frame", .ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), payloadLength: 100),
          .malformedIP
        ),
        ("no ports", .ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), payloadLength: 3), .malformedIP),
        (
          "chain beyond the length",
          .ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), headers: [.long(64)], payloadLength: 16),
          .malformedIP
        ),
        (
          "chain beyond the frame",
          .ipv6(Net.clientV6, Net.webV6.address, .other(60, [17, 255, 0, 0, 0, 0, 0, 0])), .malformedIP
        ),
        (
          "too long a chain",
          .ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), headers: [.long(1368), .hopByHop]), .headerChain
        ),
      ]
      for (name, payload, reason) in rowsV6 {
        try sw.expect(name, sw.frame(six, payload), on: 0, .dropped(reason))
      }
    }
  }

  @Test(
    "X1 chains of extension headers: six are followed, on member ports more are refused",
    arguments: PipelineTarget.available)
  func chains(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let six = sw.cluster(Net.webV6, members: [sw.member(onPort: 1)])
      try sw.learn(sw.router, on: 0)
      for count in 0...10 {
        let headers = [ExtensionHeader](repeating: .destinationOptions, count: count)
        let packet = NetworkPayload.ipv6(Net.clientV6, Net.webV6.address, .udp(1, 2), headers: headers)
        let seen = try sw.run(sw.frame(six, packet), on: 0)
        #expect(seen.outcome == (count <= 6 ? .forwarded(1) : .dropped(.headerChain)), "\(count)")
        let out = TestFrame(
          from: six.members[0].mac, to: sw.router,
          .ipv6(Net.webV6.address, Net.clientV6, .udp(2, 1), headers: headers))
        try sw.expect(
          "H3 a claim may hide there", out, on: 1, count <= 6 ? .forwarded(0) : .dropped(.headerChain))
        try sw.expect("H7 other ports do not look", out.from(Net.anyone), on: 5, .forwarded(0))
      }
    }
  }

  @Test(
    "every frame in is out, or counted under a reason: the sums agree", arguments: PipelineTarget.available)
  func sums(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let world = try GeneratedWorld(sw)
      var generator = FrameGenerator(seed: 11, world: world)
      for _ in 0..<(target == .host ? 4000 : 8000) {
        let (frame, port) = generator.next()
        if !target.takes(frame.bytes) { continue }
        let seen = try sw.run(frame, on: port)
        if case .inconsistent(let why) = seen.outcome { Issue.record("\(frame): \(why)") }
      }
      #expect(sw.sumsAgree)
      let ports = (0..<8).map { sw.tables.portCounters($0) }
      let received = ports.reduce(0) { $0 + $1.rxPackets }
      let sent = ports.reduce(0) { $0 + $1.txPackets + $1.floodPackets }
      #expect(sent > received / 4 && received - sent > received / 20, "the generator reaches both")
    }
  }
}
