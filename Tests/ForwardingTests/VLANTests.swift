import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("X2 VLANs")
struct VLANTests {
  typealias Tag = TestFrame.Tag

  /// The frame that leaves for a member, from what came for the cluster.
  func rewritten(_ frame: TestFrame, to member: TestSwitch.Member, tags: [Tag], from old: [Tag]) -> TestFrame
  {
    let payload = frame.bytes.dropFirst(12 + 4 * old.count)
    let rest = TestFrame(from: frame.source, to: member.mac, tags: tags, .other(type: 0, [])).bytes.dropLast(
      2)
    return TestFrame(bytes: Array(rest) + payload)
  }

  @Test(
    "X2 the tag is kept, rewritten, added or removed as the member's VLAN asks",
    arguments: PipelineTarget.available)
  func retagging(target: PipelineTarget) throws {
    let rows: [(String, router: Int, member: Int, came: [Tag], leaves: [Tag])] = [
      ("both untagged", 0, 0, [], []), ("a priority tag stays", 0, 0, [.priority(5)], [.priority(5)]),
      ("the same VLAN", 10, 10, [.vlan(10, priority: 3)], [.vlan(10, priority: 3)]),
      ("another VLAN, the priority stays", 10, 20, [.vlan(10, priority: 3)], [.vlan(20, priority: 3)]),
      ("802.1ad", 10, 20, [.service(10)], [.service(20)]), ("to an untagged member", 10, 0, [.vlan(10)], []),
      ("to a tagged member", 0, 20, [], [.vlan(20)]),
      ("a priority tag becomes a VLAN's", 0, 20, [.priority(6)], [.vlan(20, priority: 6)]),
      ("the inner tag stays", 10, 20, [.vlan(10), .vlan(77)], [.vlan(20), .vlan(77)]),
      ("the inner tag remains", 10, 0, [.vlan(10), .vlan(77)], [.vlan(77)]),
      ("the highest", 4094, 1, [.vlan(4094, priority: 7)], [.vlan(1, priority: 7)]),
    ]
    for row in rows {
      try target.withSwitch { sw in
        for net in [Net.web, Net.webV6] {
          let cluster = sw.cluster(
            net, vlan: row.router, buckets: 1, members: [sw.member(onPort: 2, vlan: row.member)])
          let source = Net.client(net.address.isIPv6)
          for frame in [
            sw.tcp(cluster, from: source, 1, .syn, tags: row.came),
            sw.tcp(cluster, from: source, 1, .syn, tags: row.came).padded(to: 300),
          ] {
            try sw.expect(
              row.0, frame, on: 0, .forwarded(2),
              becomes: rewritten(frame, to: cluster.members[0], tags: row.leaves, from: row.came))
          }
        }
      }
    }
  }

  @Test(
    "X2 bytes are counted as they leave, and the longest frame is that of the port",
    arguments: PipelineTarget.available)
  func sizes(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let tagged = sw.cluster("10.0.0.1", buckets: 1, members: [sw.member(onPort: 1, vlan: 5)])
      let plain = sw.cluster("10.0.0.2", vlan: 5, buckets: 1, members: [sw.member(onPort: 2)])
      let pushed = sw.tcp(tagged, from: Net.client, 1, .ack)
      let popped = sw.tcp(plain, from: Net.client, 1, .ack, tags: [.vlan(5)])
      _ = try sw.run(pushed, on: 0)
      _ = try sw.run(popped, on: 0)
      #expect(sw.tables.portCounters(1).txBytes == UInt64(pushed.bytes.count + 4))
      #expect(sw.tables.portCounters(2).txBytes == UInt64(popped.bytes.count - 4))
      sw.setLongestFrame(1, pushed.bytes.count + 3)
      try sw.expect("no room for the tag", pushed, on: 0, .dropped(.tooBig))
      sw.setLongestFrame(2, popped.bytes.count - 4)
      #expect(try sw.run(popped, on: 0).outcome == .forwarded(2))
      sw.setLongestFrame(2, popped.bytes.count - 5)
      try sw.expect("too long without its tag", popped, on: 0, .dropped(.tooBig))
    }
  }

  @Test("X2 a cluster's virtual MAC serves its VLAN only", arguments: PipelineTarget.available)
  func separation(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let ten = sw.cluster(Net.web, vlan: 10, members: [sw.member(onPort: 1)])
      let twenty = sw.cluster(Net.web, vlan: 20, members: [sw.member(onPort: 2)])
      func frame(_ cluster: TestSwitch.Cluster, _ tags: [Tag]) -> TestFrame {
        sw.tcp(cluster, from: Net.client, 1, .syn, tags: tags)
      }
      try sw.expect(
        "10", frame(ten, [.vlan(10)]), on: 0, .forwarded(1),
        becomes: rewritten(frame(ten, [.vlan(10)]), to: ten.members[0], tags: [], from: [.vlan(10)]))
      #expect(
        try sw.run(frame(twenty, [.vlan(20)]), on: 0).outcome == .forwarded(2),
        "the same address, another VLAN")
      for tags in [[], [.vlan(11)], [.priority(1)], [.vlan(20)], [.vlan(4095)]] as [[Tag]] {
        try sw.expect("\(tags)", frame(ten, tags), on: 0, .dropped(.wrongVLAN))
      }
    }
  }

  @Test("X2 three tags and ten: refused where the address must be seen", arguments: PipelineTarget.available)
  func deep(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, vlan: 10, members: [sw.member(onPort: 1, vlan: 10)])
      for count in 3...10 {
        let tags = [Tag.vlan(10)] + (1..<count).map { Tag.vlan(100 + $0) }
        try sw.expect(
          "\(count) tags", sw.tcp(web, from: Net.client, 1, .syn, tags: tags), on: 0, .dropped(.headerChain))
      }
      let cut = sw.tcp(web, from: Net.client, 1, .syn, tags: [.vlan(10), .vlan(5)])
      try sw.expect("the second is cut", cut.cut(to: 20), on: 0, .dropped(.headerChain))
    }
  }

  @Test("X2 without room before the frame a tag can't be added; the counts are taken back")
  func headroom() throws {
    let host = try HostRunner(TestSwitch.dimensions)
    let sw = TestSwitch(host)
    host.headroom = 0
    let web = sw.cluster(Net.web, buckets: 1, members: [sw.member(onPort: 1, vlan: 5)])
    let frame = sw.tcp(web, from: Net.client, 1, .ack)
    try sw.expect("no headroom", frame, on: 0, .dropped(.noHeadroom), becomes: frame.to(web.members[0].mac))
    #expect(sw.tables.portCounters(1).txPackets == 0 && sw.tables.portCounters(1).txBytes == 0)
  }
}
