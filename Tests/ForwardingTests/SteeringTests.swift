import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("H1 H2 X1 steering")
struct SteeringTests {
  /// H2's protocols, as they come from `source` for `destination`.
  static func packets(_ source: IPAddress, _ destination: IPAddress) -> [(String, NetworkPayload)] {
    let inner = NetworkPayload.ipv4("172.16.0.1", "172.16.0.2", .udp(1, 2))
    let innerV6 = NetworkPayload.ipv6("fd00::1", "fd00::2", .tcp(1, 2, .syn))
    let uppers: [(String, UpperPayload)] = [
      ("TCP SYN", .tcp(40000, 80, .syn)), ("TCP data", .tcp(40000, 80, [.ack, .psh], [1, 2, 3])),
      ("TCP FIN", .tcp(40000, 80, [.fin, .ack])), ("TCP RST", .tcp(40000, 80, .rst)),
      ("UDP", .udp(5353, 53)), ("QUIC", .quic(50000)), ("SCTP", .sctp(3000, 3868)),
      ("DCCP", .other(33)), ("UDP-Lite", .other(136)),
      ("ICMP", source.isIPv6 ? .icmpv6Echo(id: 7) : .icmpEcho(id: 7)),
      ("ESP", .esp(spi: 0xc0de)), ("AH over TCP", .ah(spi: 5, .tcp(40000, 80, .ack))),
      ("AH over ESP", .ah(spi: 5, .esp(spi: 9))), ("GRE", .gre(inner)), ("IP in IP", .ipip(inner)),
      ("IPv6 in IP", .ipip(innerV6)), ("OSPF", .other(89)), ("unknown", .other(253)),
      ("nothing", .other(59, [])),
    ]
    return uppers.map { ($0, .ip(source, destination, $1)) }
  }

  @Test(
    "H1 H2 a frame of any protocol reaches one member, and only its destination MAC changes",
    arguments: PipelineTarget.available, [false, true])
  func everyProtocol(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      for (name, packet) in SteeringTests.packets(Net.client(isIPv6), web.address.address) {
        let frame = sw.frame(web, packet)
        let member = try sw.expectSteered(name, frame, to: web)
        #expect(
          try sw.expectSteered(name, frame, to: web) == member, "\(name): the same flow, the same member")
        #expect(
          try sw.expectSteered(name, frame.padded(to: 100), to: web) == member,
          "\(name): padding is no matter")
      }
    }
  }

  @Test(
    "H1 IPv4 options and IPv6 extension headers stay, and do not move a flow",
    arguments: PipelineTarget.available)
  func headers(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      let six = sw.cluster(Net.webV6, members: (1...4).map { sw.member(onPort: $0) })
      for port in 1...40 {
        let upper = UpperPayload.tcp(port, 80, .ack)
        let plain = try sw.expectSteered(
          sw.frame(four, .ipv4(Net.client, Net.web.address, upper)), to: four)
        for size in stride(from: 4, through: 40, by: 4) {
          let options = [UInt8](repeating: 1, count: size)
          let frame = sw.frame(four, .ipv4(Net.client, Net.web.address, upper, options: options))
          #expect(try sw.expectSteered("\(size) bytes of options", frame, to: four) == plain)
        }
        let plainV6 = try sw.expectSteered(
          sw.frame(six, .ipv6(Net.clientV6, Net.webV6.address, upper)), to: six)
        let chains: [[ExtensionHeader]] = [
          [.hopByHop], [.destinationOptions], [.hopByHop, .routing, .destinationOptions], [.mobility],
          [.long(512)],
          [.hopByHop, .destinationOptions, .routing, .destinationOptions, .mobility, .long(16)],
        ]
        for chain in chains {
          let frame = sw.frame(six, .ipv6(Net.clientV6, Net.webV6.address, upper, headers: chain))
          #expect(try sw.expectSteered("\(chain)", frame, to: six) == plainV6)
        }
      }
    }
  }

  @Test("H2 payloads of ESP and AH are never looked into", arguments: PipelineTarget.available)
  func encrypted(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let gate = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      func member(_ upper: UpperPayload) throws -> TestSwitch.Member {
        try sw.expectSteered(sw.frame(gate, .ipv4(Net.client, Net.web.address, upper)), to: gate)
      }
      let esp = try member(.esp(spi: 1))
      let ah = try member(.ah(spi: 1, .tcp(1, 1, .ack)))
      for i in 2...30 {
        #expect(try member(.esp(spi: i, [UInt8](repeating: UInt8(i), count: i))) == esp)
        #expect(try member(.ah(spi: i, .tcp(i, 80 + i, .ack))) == ah)
      }
    }
  }

  @Test("H1 every member is reached, by ports where there are ports", arguments: PipelineTarget.available)
  func everyMember(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for isIPv6 in [false, true] {
        let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
        var reached: Set<TestSwitch.Member> = []
        for port in 1...100 {
          reached.insert(try sw.expectSteered(sw.tcp(web, from: Net.client(isIPv6), port, .ack), to: web))
        }
        #expect(reached.count == 4)
      }
    }
  }

  @Test(
    "H1 a cluster that is a subnet gets every address of it, and no other",
    arguments: PipelineTarget.available)
  func subnet(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let nets: [(IPPrefix, [IPAddress], [IPAddress])] = [
        ("10.50.0.0/24", ["10.50.0.0", "10.50.0.77", "10.50.0.255"], ["10.50.1.0", "10.49.255.255"]),
        ("10.60.8.0/21", ["10.60.8.1", "10.60.15.255"], ["10.60.16.0", "10.60.7.255"]),
        ("fd60::/64", ["fd60::", "fd60::1:2:3:4"], ["fd60:0:0:1::", "fd5f:ffff::1"]),
        ("fd70::f0/124", ["fd70::f0", "fd70::ff"], ["fd70::100", "fd70::ef"]),
        ("0.0.0.0/0", ["1.2.3.4", "255.255.255.254"], []),
      ]
      for (net, inside, outside) in nets {
        let cluster = sw.cluster(net, members: [sw.member(onPort: 1)])
        let source = Net.client(net.address.isIPv6)
        for address in inside {
          try sw.expectSteered(
            "\(net)", sw.frame(cluster, .ip(source, address, .tcp(1, 80, .syn))), to: cluster)
        }
        for address in outside {
          try sw.expect(
            "\(net)", sw.frame(cluster, .ip(source, address, .tcp(1, 80, .syn))), on: 0,
            .dropped(.wrongAddress))
        }
      }
    }
  }

  @Test(
    "H8 packets and bytes are counted for the port, the member and the bucket",
    arguments: PipelineTarget.available)
  func counters(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, buckets: 1, members: [sw.member(onPort: 2)])
      let frames = (1...5).map { sw.tcp(web, from: Net.client, $0, $0 == 1 ? .syn : .ack) }
      for frame in frames { try sw.expectSteered(frame, to: web) }
      let bytes = UInt64(frames.reduce(0) { $0 + $1.bytes.count })
      let member = sw.tables.memberCounters(web.members[0].index)
      #expect(member.packets == 5 && member.bytes == bytes && member.newFlows == 1)
      #expect(sw.tables.bucketCounters(web.buckets.lowerBound) == (5, bytes))
      let router = sw.tables.portCounters(0)
      let server = sw.tables.portCounters(2)
      #expect(router.rxPackets == 5 && router.rxBytes == bytes && router.txPackets == 0)
      #expect(server.txPackets == 5 && server.txBytes == bytes && server.rxPackets == 0)
    }
  }
}
