import Testing
import Wire

@testable import ProxyARP

@Suite("The switch's own address: finding one (C6)")
struct AddressFinderTests {
  static let prefix = FinderRig.prefix

  @Test("C6: three probes 1–2 s apart, 2 s of silence, the address, two announcements (RFC 5227 §2.1, §2.3)")
  func course() throws {
    var rig = FinderRig()
    #expect(rig.first.isEmpty, "not at once: hosts that start together are kept apart")
    let seen = rig.wait(.seconds(20))
    let probe = ARPPacket.request(for: FinderRig.top, from: Scene.switchMAC, vlan: .untagged).frame
    let announcement = ARPPacket.announcement(of: FinderRig.top, at: Scene.switchMAC, vlan: .untagged).frame
    #expect(
      seen.map(\.action) == [
        .send(probe), .send(probe), .send(probe), .use(Self.prefix("10.50.0.254/24"), vlan: .untagged),
        .send(announcement), .send(announcement),
      ])
    let times = seen.map(\.at)
    try #require(times.count == 6)
    #expect(times[0] <= .milliseconds(1100))
    for gap in [times[1] - times[0], times[2] - times[1]] {
      #expect(gap >= .milliseconds(900) && gap <= .milliseconds(2100))
    }
    #expect(times[3] - times[2] >= .milliseconds(1900) && times[3] - times[2] <= .milliseconds(2100))
    #expect(times[5] - times[4] == .seconds(2))
    #expect(rig.finder.nextDeadline == nil)
    #expect(rig.state == .used)
    #expect(rig.finder.source(for: ip("10.50.0.7"), vlan: .untagged) == Self.prefix("10.50.0.254/24"))
    #expect(rig.finder.source(for: ip("10.50.1.7"), vlan: .untagged) == nil)
    #expect(rig.finder.source(for: ip("10.50.0.7"), vlan: VLANID(raw: 3)) == nil)
  }

  @Test(
    "C6: from the top downwards, without what is avoided, the network's and the broadcast address",
    arguments: [
      ("10.50.0.0/24", [], "10.50.0.254"), ("10.50.0.0/24", ["10.50.0.254", "10.50.0.253"], "10.50.0.252"),
      ("10.50.0.0/30", ["10.50.0.2"], "10.50.0.1"), ("10.50.0.0/30", ["10.50.0.2", "10.50.0.1"], nil),
      ("10.50.0.4/31", [], "10.50.0.5"), ("10.50.0.4/31", ["10.50.0.5"], "10.50.0.4"),
      ("10.50.0.4/32", [], nil), ("10.0.0.0/8", [], "10.255.255.254"), ("0.0.0.0/0", [], "255.255.255.254"),
      ("10.50.0.100/24", [], "10.50.0.254"), ("fd50::/64", [], "fd50::ff:ff:fe00:1"),
      ("fe80::/64", [], "fe80::ff:ff:fe00:1"), ("fd50::5/128", [], nil),
    ] as [(String, [String], String?)])
  func candidates(subnet: String, avoid: [String], found: String?) {
    let wish = OwnAddressWish.find(
      in: Self.prefix(subnet), vlan: .untagged, avoid: avoid.map { ip($0) }, remembered: nil)
    var rig = FinderRig([wish])
    #expect(rig.used(after: .seconds(20)).map(\.address) == (found.map { [ip($0)] } ?? []))
    if found == nil {
      #expect(rig.first == [.exhausted(in: Self.prefix(subnet).network, vlan: .untagged)])
      #expect(rig.state == .exhausted)
      #expect(rig.wait(.seconds(60)).map(\.action) == rig.first, "once a minute it is tried again")
    }
  }

  @Test(
    "C6: whoever has the address, or asks for it too, has it: the next candidate (RFC 5227 §2.1.1)",
    arguments: [
      Scene.reply(FinderRig.top, at: mac(5)), Scene.announcement(of: FinderRig.top, at: mac(5)),
      .arp(.request(for: Scene.router, from: mac(5), FinderRig.top, vlan: .untagged)),
      FinderRig.probe(for: FinderRig.top, from: mac(5)),
    ])
  func taken(message: AddressMessage) {
    for moment in [Duration.zero, .seconds(1), .seconds(3), .milliseconds(4900)] {
      var rig = FinderRig()
      _ = rig.wait(moment)
      guard rig.state == .probing else { continue }
      #expect(rig.heard(message).isEmpty, "nobody needs to know")
      #expect(rig.address == ip("10.50.0.253"))
      #expect(rig.used(after: .seconds(20)).map(\.address) == [ip("10.50.0.253")])
    }
  }

  @Test("C6: addresses that were heard of are no candidates; requests for them do not count")
  func heardBefore() {
    var rig = FinderRig()
    _ = rig.heard(Scene.announcement(of: ip("10.50.0.253"), at: mac(5)))
    _ = rig.heard(.arp(.request(for: ip("10.50.0.251"), from: mac(5), ip("10.50.0.252"), vlan: .untagged)))
    _ = rig.heard(Scene.reply(FinderRig.top, at: mac(6)))
    #expect(rig.address == ip("10.50.0.251"))
  }

  @Test("C6: a remembered address is tried first; one that another host has is reported, and given up")
  func remembered() {
    var rig = FinderRig(remembered: "10.50.0.77")
    #expect(rig.used(after: .seconds(20)) == [Self.prefix("10.50.0.77/24")])
    rig = FinderRig(remembered: "10.50.0.77")
    #expect(
      rig.heard(Scene.reply(ip("10.50.0.77"), at: mac(5))) == [
        .conflict(ip("10.50.0.77"), vlan: .untagged, with: mac(5), configured: false)
      ])
    #expect(rig.used(after: .seconds(20)).map(\.address) == [FinderRig.top])
  }

  @Test(
    "C6: what cannot be used any more is not remembered",
    arguments: ["10.60.0.1", "10.50.0.255", "10.50.0.0", "10.50.0.9", "fd50::1"])
  func unusable(remembered: String) {
    var rig = FinderRig(avoid: ["10.50.0.9"], remembered: remembered, isAdopted: true)
    #expect(rig.first.isEmpty)
    #expect(rig.used(after: .seconds(20)).map(\.address) == [FinderRig.top])
  }

  @Test("C6, X7: an address that the interface has already is used on without a probe, and announced")
  func adopted() {
    var rig = FinderRig(remembered: "10.50.0.77", isAdopted: true)
    let announcement = ARPPacket.announcement(of: ip("10.50.0.77"), at: Scene.switchMAC, vlan: .untagged)
      .frame
    #expect(rig.first == [.use(Self.prefix("10.50.0.77/24"), vlan: .untagged), .send(announcement)])
    #expect(rig.wait(.seconds(20)).map(\.action) == [.send(announcement)])
  }

  @Test("C6: after ten conflicts one address a minute is tried (RFC 5227 §2.1.1, MAX_CONFLICTS)")
  func rateLimit() throws {
    var rig = FinderRig()
    for _ in 0..<10 { _ = rig.heard(Scene.reply(try #require(rig.address), at: mac(5))) }
    #expect(rig.address == ip("10.50.0.244"))
    #expect(rig.wait(.seconds(59)).isEmpty)
    #expect(rig.used(after: .seconds(20)) == [Self.prefix("10.50.0.244/24")])
  }

  @Test("C6: all addresses taken: exhausted, and tried anew a minute later")
  func exhaustion() {
    let subnet = Self.prefix("10.50.0.0/29")
    var rig = FinderRig([.find(in: subnet, vlan: .untagged, avoid: [], remembered: nil)])
    var actions: [OwnAddressAction] = []
    for last in 1...6 { actions += rig.heard(Scene.reply(ip("10.50.0.\(last)"), at: mac(5))) }
    #expect(actions == [.exhausted(in: subnet, vlan: .untagged)])
    #expect(rig.finder.addresses.first?.address == nil)
    #expect(rig.used(after: .seconds(59)).isEmpty)
    #expect(rig.used(after: .seconds(20)) == [Self.prefix("10.50.0.6/29")])
  }

  @Test("X1: IPv6: the MAC's identifier, one solicitation from ::, a second of silence (RFC 4862 §5.4)")
  func ipv6() throws {
    var rig = FinderRig([.find(in: Self.prefix("fe80::/64"), vlan: .untagged, avoid: [], remembered: nil)])
    let seen = rig.wait(.seconds(10))
    let own = Scene.identity.linkLocal
    #expect(
      seen.map(\.action) == [
        .send(FinderRig.frame(FinderRig.probe(for: own, from: Scene.switchMAC))),
        .use(IPPrefix(own, length: 64), vlan: .untagged),
        .send(NeighbourMessage.announcement(of: own, at: Scene.switchMAC, vlan: .untagged).frame),
        .send(NeighbourMessage.announcement(of: own, at: Scene.switchMAC, vlan: .untagged).frame),
      ])
    try #require(seen.count == 4)
    #expect(seen[1].at - seen[0].at == .seconds(1))
    guard case .send(let frame) = seen[0].action else { return }
    let message = try NeighbourMessage(parsing: frame)
    #expect(message.isDuplicateAddressDetection)
    #expect(message.linkLayer == nil)
    #expect(message.destinationIP == own.solicitedNodeMulticast)
  }

  @Test(
    "X1: IPv6: a duplicate by advertisement or by another's detection: a random identifier instead",
    arguments: [
      Scene.announcement(of: Scene.identity.linkLocal, at: mac(5)),
      FinderRig.probe(for: Scene.identity.linkLocal, from: mac(5)),
    ])
  func ipv6Duplicate(message: AddressMessage) throws {
    var rig = FinderRig([.find(in: Self.prefix("fe80::/64"), vlan: .untagged, avoid: [], remembered: nil)])
    _ = rig.wait(.milliseconds(500))
    #expect(rig.heard(message).isEmpty)
    let second = try #require(rig.address)
    #expect(second != Scene.identity.linkLocal)
    #expect(Self.prefix("fe80::/64").contains(second))
    _ = rig.heard(Scene.announcement(of: second, at: mac(5)))
    #expect(rig.address != second)
    #expect(rig.used(after: .seconds(5)).count == 1)
  }

  @Test("C6, X2: each wish has its own VLAN; messages of another do not count; the frames carry the tag")
  func vlans() throws {
    let twenty = VLANID(raw: 20)
    var rig = FinderRig([
      .find(in: FinderRig.subnet, vlan: twenty, avoid: [], remembered: nil),
      .find(in: FinderRig.subnet, vlan: .untagged, avoid: [], remembered: nil),
      .find(in: FinderRig.subnet, vlan: .untagged, avoid: [FinderRig.top], remembered: nil),
    ])
    #expect(rig.finder.addresses.count == 2, "one address a subnet and VLAN")
    _ = rig.heard(Scene.reply(FinderRig.top, at: mac(5), vlan: twenty))
    #expect(rig.finder.addresses.map(\.address?.address) == [ip("10.50.0.253"), FinderRig.top])
    for message in FinderRig.frames(rig.wait(.seconds(2)).map(\.action)) {
      #expect(message.vlan == (message.question?.target == FinderRig.top ? .untagged : twenty))
    }
  }
}
