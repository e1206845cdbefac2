import PacketCapture
import Replay
import SwitchModel
import Testing
import Wire

@Suite("A capture runs through the pipeline offline")
struct ReplayTests {
  static let service = IPAddress(10, 50, 0, 100)
  static let client: [UInt8] = [2, 0xaa, 0, 0, 0, 1]
  static let virtual: [UInt8] = [0x02, 0x50, 0, 0, 0, 0]

  static var configuration: SwitchConfiguration {
    SwitchConfiguration(
      name: "fs1", virtualMAC: MACAddress(2, 0x50, 0, 0, 0, 0),
      ports: [
        PortConfiguration(name: "sw-s1", role: .server), PortConfiguration(name: "sw-s2", role: .server),
        PortConfiguration(name: "sw-r1", role: .router),
      ],
      clusters: [
        ClusterConfiguration(
          name: "web", address: IPPrefix(service), services: [Service(protocolNumber: 6, port: 80)],
          members: [
            MemberConfiguration(name: "s1", port: "sw-s1", location: .mac(MACAddress(2, 0, 0, 0, 0, 1))),
            MemberConfiguration(name: "s2", port: "sw-s2"),
          ]),
        ClusterConfiguration(
          name: "dns", address: IPPrefix(service), services: [Service(protocolNumber: 17, port: 53)],
          members: [MemberConfiguration(name: "s2", port: "sw-s2")]),
      ])
  }

  /// An IPv4 packet with ports.
  static func frame(
    to: [UInt8] = virtual, from: [UInt8] = client, _ sourcePort: UInt16, _ port: UInt16,
    protocolNumber: UInt8 = 6,
    destination: [UInt8] = [10, 50, 0, 100]
  ) -> [UInt8] {
    to + from + [0x08, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 64, protocolNumber, 0, 0, 10, 10, 0, 5] + destination
      + [UInt8(sourcePort >> 8), UInt8(sourcePort & 255), UInt8(port >> 8), UInt8(port & 255)]
      + [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 255, 255, 0, 0, 0, 0]
  }

  static func run(
    _ frames: [CaptureFrame], interfaces: [String] = ["eth7"], port: String? = nil, readdresses: Bool = false
  ) throws -> (packets: [ReplayedPacket], summary: ReplaySummary) {
    var writer = PcapNGWriter(snapLength: 65535)
    var bytes = writer.header(hardware: "", operatingSystem: "", application: "test")
    for name in interfaces { bytes += writer.interface(name: name, description: "") }
    for frame in frames { bytes += writer.frame(frame) }
    var reader = try CaptureReader(MemorySource(bytes))
    var replay = try CaptureReplay(OfflineSwitch(configuration), port: port, readdresses: readdresses)
    var packets: [ReplayedPacket] = []
    while let item = try reader.next() {
      if let packet = replay.take(item) { packets.append(packet) }
    }
    return (packets, replay.summary)
  }

  static func captured(_ bytes: [UInt8], interface: Int = 0, time: UInt64 = 1) -> CaptureFrame {
    CaptureFrame(interface: interface, time: time, originalLength: bytes.count, bytes: bytes)
  }

  @Test(
    "H1: flows to the cluster go to both members, each with its MAC and port, and the same flow to the same one"
  )
  func spread() throws {
    let ports: [UInt16] = Array(1000..<1064)
    let (packets, summary) = try ReplayTests.run(
      (ports + ports).map { ReplayTests.captured(ReplayTests.frame($0, 80)) })
    #expect(summary.packets == 128 && summary.verdicts == ["forward": 128])
    let halves = packets.map(\.packet.member)
    #expect(Array(halves.prefix(64)) == Array(halves.suffix(64)))
    #expect((summary.members["web/s1"] ?? 0) > 20 && (summary.members["web/s2"] ?? 0) > 20)
    for one in packets.map(\.packet) {
      #expect(one.port == "sw-r1" && one.cluster == "web")
      #expect(one.out == (one.member == "s1" ? "sw-s1" : "sw-s2"))
      #expect(one.before.prefix(6) == ReplayTests.virtual[...])
      if one.member == "s1" { #expect(one.after?.prefix(6) == [2, 0, 0, 0, 0, 1]) }
      #expect(one.after?.dropFirst(6) == one.before.dropFirst(6))
    }
  }

  @Test("by service: another cluster, or a reason")
  func services() throws {
    let (packets, summary) = try ReplayTests.run([
      ReplayTests.captured(ReplayTests.frame(5000, 53, protocolNumber: 17)),
      ReplayTests.captured(ReplayTests.frame(5000, 25)),
      ReplayTests.captured(ReplayTests.frame(5000, 80, destination: [10, 50, 0, 99])),
      ReplayTests.captured(Array(ReplayTests.frame(5000, 80).prefix(10))),
    ])
    #expect(packets.map(\.packet.member) == ["s2", nil, nil, nil])
    #expect(packets.map(\.packet.cluster) == ["dns", "web", "web", nil])
    #expect(packets.map(\.packet.reason) == [nil, "no-service", "wrong-address", "runt"])
    #expect(summary.reasons == ["no-service": 1, "wrong-address": 1, "runt": 1])
    #expect(packets[0].packet.decision == "forward to sw-s2; cluster dns, member s2")
  }

  @Test("X1: the router's question for the cluster's address is answered")
  func question() throws {
    let question: [UInt8] =
      [255, 255, 255, 255, 255, 255] + ReplayTests.client
      + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + ReplayTests.client + [
        10, 50, 0, 1, 0, 0, 0, 0, 0, 0, 10, 50, 0, 100,
      ]
    let (packets, _) = try ReplayTests.run([ReplayTests.captured(question)])
    #expect(packets.map(\.packet.verdict) == [.reply])
    #expect(packets[0].packet.after.map { Array($0[22..<28]) } == ReplayTests.virtual)
  }

  @Test("the ingress port: the option, the interface's name, the sender's MAC, the first router's")
  func ingress() throws {
    let frame = ReplayTests.frame(1, 80)
    let fromMember = ReplayTests.frame(to: [2, 9, 9, 9, 9, 9], from: [2, 0, 0, 0, 0, 1], 80, 1)
    let frames = [frame, fromMember].map { ReplayTests.captured($0) }
    #expect(try ReplayTests.run(frames).packets.map(\.packet.port) == ["sw-r1", "sw-s1"])
    #expect(
      try ReplayTests.run(frames, interfaces: ["sw-s2"]).packets.map(\.packet.port) == ["sw-s2", "sw-s2"])
    #expect(
      try ReplayTests.run(frames, interfaces: ["sw-s2"], port: "sw-r1").packets.map(\.packet.port)
        == ["sw-r1", "sw-r1"])
    #expect(throws: ReplayError("the configuration has no port eth9; its ports are sw-s1, sw-s2, sw-r1")) {
      _ = try ReplayTests.run(frames, port: "eth9")
    }
  }

  @Test("what left a switch is not replayed; what is cut short is filled up, what is too long left out")
  func selection() throws {
    var outbound = ReplayTests.captured(ReplayTests.frame(1, 80))
    outbound.direction = .outbound
    var cut = ReplayTests.captured(Array(ReplayTests.frame(1, 80).prefix(54)))
    cut.originalLength = 60
    var huge = ReplayTests.captured(ReplayTests.frame(1, 80))
    huge.originalLength = 1 << 20
    let summary = try ReplayTests.run([outbound, cut, huge]).summary
    #expect(summary.outbound == 1 && summary.padded == 1 && summary.unusable == 1 && summary.packets == 1)
  }

  @Test("a capture made without a switch: frames for the address as a router would send them")
  func readdressed() throws {
    let frames = [ReplayTests.captured(ReplayTests.frame(to: [2, 0, 0, 0, 0, 1], 1, 80))]
    #expect(try ReplayTests.run(frames).packets.map(\.packet.cluster) == [nil])
    #expect(try ReplayTests.run(frames, readdresses: true).packets.map(\.packet.cluster) == ["web"])
  }

  @Test("members without a configured MAC are assumed to be there, and told")
  func assumed() throws {
    let offline = try OfflineSwitch(ReplayTests.configuration)
    #expect(offline.assumed.map(\.owner) == ["web/s2", "dns/s2"])
    #expect(Set(offline.assumed.map(\.mac)).count == 2)
  }

  @Test("time goes with the capture and never back")
  func time() throws {
    let frames = [5, 2, 2_500_000_000 + 5].map { ReplayTests.captured(ReplayTests.frame(1, 80), time: $0) }
    let (packets, summary) = try ReplayTests.run(frames)
    #expect(packets.map(\.elapsed) == [0, 0, 2_500_000_000])
    #expect(summary.first == 5 && summary.last == 2_500_000_005)
    #expect(
      packets[2].line
        == "     3     2.500000  sw-r1  10.10.0.5:1 > 10.50.0.100:80 tcp: \(packets[2].packet.decision)")
  }
}
