import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// What somebody with a cable to the switch may pretend (docs/security.md).
@Suite("Spoofed addresses")
struct SpoofTests {
  @Test(
    "a member's MAC used on another port moves a station, not the member", arguments: PipelineTarget.available
  )
  func memberMAC(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: (1...3).map { sw.member(onPort: $0) })
      let flows = try (1...30).map { try sw.expectSteered(sw.tcp(web, from: Net.client, $0, .ack), to: web) }
      for port in [0, 2, 5] {
        for member in web.members where member.port != port { try sw.learn(member.mac, on: port) }
        for (i, member) in zip(1..., flows) {
          #expect(try sw.expectSteered(sw.tcp(web, from: Net.client, i, .ack), to: web) == member)
        }
      }
    }
  }

  @Test(
    "a virtual MAC, the switch's own or a probe's as source is dropped on every port",
    arguments: PipelineTarget.available)
  func ownMAC(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: [sw.member(onPort: 1)])
      for port in 0...6 {
        for mac in [web.mac, sw.mac(ofCluster: 7), TestSwitch.ownMAC] {
          let frame = sw.tcp(web, from: Net.client, 1, .syn).from(mac)
          try sw.expect("\(mac)", frame, on: port, .dropped(.ownSource))
          try sw.expect(
            "as an answer for the address",
            TestFrame(
              from: mac, to: sw.router, .arp(.reply, sender: Net.web.address, mac, target: Net.routerIP)),
            on: port, .dropped(.ownSource))
        }
      }
    }
  }

  @Test(
    "claims with another sender in the ARP message than in the frame are claims all the same",
    arguments: PipelineTarget.available)
  func senders(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      try sw.learn(sw.router, on: 0)
      let other: MACAddress = "02:66:00:00:00:01"
      for port in [0, 1, 2, 5] {
        for (inside, outside) in [(other, Net.anyone), (web.mac, other), (web.members[0].mac, other)] {
          for destination in [MACAddress.broadcast, sw.router, web.members[1].mac] {
            for operation in [NetworkPayload.ARPOperation.request, .reply] {
              let frame = TestFrame(
                from: outside, to: destination,
                .arp(operation, sender: Net.web.address, inside, target: Net.web.address))
              #expect(try sw.run(frame, on: port).outcome == .punted(.claim), "\(frame) on \(port)")
            }
          }
        }
      }
    }
  }

  @Test(
    "two thousand source MACs: a table of fixed size, and flows of clusters do not ask it",
    arguments: PipelineTarget.available)
  func stations(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: (1...3).map { sw.member(onPort: $0) })
      let flows = try (1...30).map { try sw.expectSteered(sw.tcp(web, from: Net.client, $0, .ack), to: web) }
      let size = sw.tables.bytes(.stations).count
      for i in 0..<2000 {
        try sw.learn(MACAddress(2, 0x66, 0, 0, UInt8(i >> 8), UInt8(i & 255)), on: i % 2 == 0 ? 5 : 1)
      }
      #expect(sw.tables.bytes(.stations).count == size)
      for (i, member) in zip(1..., flows) {
        #expect(try sw.expectSteered(sw.tcp(web, from: Net.client, i, .ack), to: web) == member)
      }
      #expect(sw.sumsAgree)
    }
  }

  @Test(
    "a frame of one VLAN never leaves in another, however many tags it has",
    arguments: PipelineTarget.available)
  func hopping(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let victim: MACAddress = "02:00:00:00:06:02"
      try sw.learn(victim, on: 2, tags: [.vlan(20)])
      let payload = NetworkPayload.ip(Net.client, "10.0.0.7", .udp(1, 2))
      for tags in [
        [], [.vlan(10)], [.vlan(10), .vlan(20)], [.priority(0), .vlan(20)],
        [.vlan(10), .vlan(20), .vlan(20)],
      ]
        as [[TestFrame.Tag]]
      {
        // Not known there: flooded with its tags as they are, for the ports' own VLANs to keep out.
        try sw.expect(
          "\(tags.count) tags", TestFrame(from: Net.anyone, to: victim, tags: tags, payload), on: 5, .flooded)
      }
      let web = sw.cluster(Net.web, vlan: 20, members: [sw.member(onPort: 1, vlan: 20)])
      for tags in [[], [.vlan(10)], [.vlan(10), .vlan(20)], [.priority(0), .vlan(20)]] as [[TestFrame.Tag]] {
        try sw.expect(
          "for the virtual MAC", sw.tcp(web, from: Net.client, 1, .syn, tags: tags), on: 0,
          .dropped(.wrongVLAN))
      }
    }
  }

  @Test(
    "reserved multicast reaches nobody, whoever sends it", arguments: PipelineTarget.available)
  func reserved(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      for last in 1...15 {
        let frame = TestFrame(
          from: Net.anyone, to: MACAddress(1, 0x80, 0xc2, 0, 0, UInt8(last)), .other(type: 0x8809, [1, 2, 3]))
        for port in 0...6 { try sw.expect("\(last)", frame, on: port, .dropped(.linkLocal)) }
      }
    }
  }
}
