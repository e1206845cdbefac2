import Testing
import Wire

@testable import ProxyARP

@Suite("The switch's own address: defence, configurations, hostile messages (C6)")
struct AddressDefenceTests {
  static let configured = ip("10.50.0.9")

  /// In use, long ago.
  static func bound(_ wish: OwnAddressWish? = nil) -> FinderRig {
    var rig = wish.map { FinderRig([$0]) } ?? FinderRig()
    _ = rig.wait(.seconds(30))
    return rig
  }

  static func fixed(isAdopted: Bool = false) -> OwnAddressWish {
    .configured(FinderRig.prefix("10.50.0.9/24"), vlan: .untagged, isAdopted: isAdopted)
  }

  @Test("C6: a found address is defended once; claimed again within 10 s it is given up (RFC 5227 §2.4)")
  func found() {
    var rig = Self.bound()
    let announcement = OwnAddressAction.send(
      ARPPacket.announcement(of: FinderRig.top, at: Scene.switchMAC, vlan: .untagged).frame)
    let claim = Scene.announcement(of: FinderRig.top, at: mac(5))
    let conflict = OwnAddressAction.conflict(FinderRig.top, vlan: .untagged, with: mac(5), configured: false)
    #expect(rig.heard(claim) == [conflict, announcement])
    _ = rig.wait(.seconds(11))
    #expect(rig.heard(claim) == [announcement], "later than DEFEND_INTERVAL; reported already")
    #expect(rig.state == .used)
    _ = rig.wait(.seconds(9))
    #expect(rig.heard(claim) == [.release(FinderRig.prefix("10.50.0.254/24"), vlan: .untagged)])
    #expect(rig.used(after: .seconds(20)).map(\.address) == [ip("10.50.0.253")])
  }

  @Test("C6: a configured address is probed, defended at most once in 10 s, and kept")
  func kept() {
    var rig = Self.bound(Self.fixed())
    #expect(rig.state == .used)
    var frames = 0
    var reports = 0
    for turn in 0..<600 {
      rig.now += .milliseconds(100)
      for action in rig.heard(Scene.reply(Self.configured, at: mac(UInt8(5 + turn % 2)))) {
        switch action {
        case .send: frames += 1
        case .conflict(Self.configured, _, _, configured: true): reports += 1
        default: Issue.record("\(action)")
        }
      }
    }
    #expect(frames == 6)
    #expect(reports == 4, "each of the two twice in a minute")
    #expect(rig.finder.suppressedReports == 596)
    #expect(rig.address == Self.configured)
  }

  @Test("C6: a configured address that another host has is not taken, reported, and tried again")
  func configuredTaken() {
    var rig = FinderRig([Self.fixed()])
    _ = rig.wait(.seconds(2))
    #expect(
      rig.heard(Scene.reply(Self.configured, at: mac(5))) == [
        .conflict(Self.configured, vlan: .untagged, with: mac(5), configured: true)
      ])
    #expect(rig.state == .conflict)
    #expect(rig.heard(Scene.reply(Self.configured, at: mac(5))).isEmpty)
    #expect(rig.used(after: .seconds(59)).isEmpty)
    #expect(rig.used(after: .seconds(10)).map(\.address) == [Self.configured])
  }

  @Test("C6, X7: an adopted configured address is used at once")
  func adopted() {
    let rig = FinderRig([Self.fixed(isAdopted: true)])
    #expect(rig.first.first == .use(FinderRig.prefix("10.50.0.9/24"), vlan: .untagged))
  }

  @Test("X1: IPv6: defended by an advertisement that overrides")
  func ipv6() {
    var rig = Self.bound(
      .find(in: FinderRig.prefix("fd50::/64"), vlan: .untagged, avoid: [], remembered: nil))
    let own = ip("fd50::ff:ff:fe00:1")
    #expect(
      rig.heard(Scene.announcement(of: own, at: mac(5))) == [
        .conflict(own, vlan: .untagged, with: mac(5), configured: false),
        .send(NeighbourMessage.announcement(of: own, at: Scene.switchMAC, vlan: .untagged).frame),
      ])
  }

  @Test(
    "C6: what is no claim: the switch's own messages, other addresses, questions, MACs that no host has",
    arguments: [
      Scene.announcement(of: FinderRig.top, at: Scene.switchMAC),
      FinderRig.probe(for: FinderRig.top, from: Scene.switchMAC),
      Scene.announcement(of: ip("10.50.0.7"), at: mac(5)),
      .arp(.request(for: FinderRig.top, from: mac(5), ip("10.50.0.7"), vlan: .untagged)),
      Scene.announcement(of: FinderRig.top, at: .broadcast), Scene.announcement(of: FinderRig.top, at: .zero),
      Scene.announcement(of: FinderRig.top, at: MACAddress(1, 0, 0x5e, 0, 0, 1)),
    ])
  func noClaim(message: AddressMessage) {
    var rig = FinderRig()
    #expect(rig.heard(message).isEmpty)
    #expect(rig.address == FinderRig.top)
    _ = rig.wait(.seconds(20))
    #expect(rig.heard(message).isEmpty)
    #expect(rig.state == .used)
  }

  @Test("C6: another's probe for the address in use is answered by the interface, not here")
  func probed() {
    var rig = Self.bound()
    #expect(rig.heard(FinderRig.probe(for: FinderRig.top, from: mac(5))).isEmpty)
    #expect(rig.state == .used)
  }

  @Test("C6: a host that claims whatever is probed gets few frames and few reports out of the switch")
  func flood() {
    var rig = FinderRig()
    var frames = 0
    var conflicts = 0
    for turn in 0..<6000 {
      rig.now += .milliseconds(100)
      var actions = rig.finder.tick(rig.now)
      if let address = rig.address {
        actions += rig.heard(
          Scene.reply(address, at: MACAddress(2, 9, 0, 0, UInt8(turn >> 8 & 255), UInt8(turn & 255))))
      }
      for action in actions {
        switch action {
        case .send: frames += 1
        case .conflict: conflicts += 1
        case .use: Issue.record("claimed all the time")
        case .release, .exhausted: break
        }
      }
    }
    #expect(frames <= 30)
    #expect(conflicts == 0, "a candidate is no loss")
  }

  @Test("C6: a flood of addresses heard of is not stored without bound, and leaves a candidate")
  func manyHeard() {
    var candidates = AddressCandidates(
      subnet: FinderRig.prefix("10.0.0.0/8"), avoid: [], remembered: nil, mac: Scene.switchMAC)
    for number in UInt32(0)..<20_000 {
      candidates.heard(IPAddress(v4: (0x0aff_fffe - number).byteSwapped))
    }
    #expect(candidates.taken.count == AddressCandidates.mostHeard)
    var random = FinderRandom(seed: 1, mac: Scene.switchMAC)
    #expect(candidates.next(&random) == IPAddress(v4: (0x0aff_fffe - 4096).byteSwapped))
  }

  @Test("H14: a new configuration keeps the address; one that a cluster takes, or nobody wants, is released")
  func reconfiguration() {
    var rig = Self.bound()
    func find(_ avoid: [IPAddress]) -> OwnAddressWish {
      .find(in: FinderRig.subnet, vlan: .untagged, avoid: avoid, remembered: FinderRig.top, isAdopted: true)
    }
    #expect(rig.finder.configure([find([Scene.shared])], now: rig.now).isEmpty)
    #expect(rig.state == .used)
    let release = OwnAddressAction.release(FinderRig.prefix("10.50.0.254/24"), vlan: .untagged)
    #expect(rig.finder.configure([find([FinderRig.top])], now: rig.now) == [release])
    #expect(rig.used(after: .seconds(20)).map(\.address) == [ip("10.50.0.253")])
    #expect(
      rig.finder.configure([], now: rig.now) == [
        .release(FinderRig.prefix("10.50.0.253/24"), vlan: .untagged)
      ])
    #expect(rig.finder.nextDeadline == nil)
    var fixed = Self.bound(Self.fixed())
    #expect(fixed.finder.configure([Self.fixed(isAdopted: true)], now: fixed.now).isEmpty)
  }
}
