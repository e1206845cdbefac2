import Testing
import Wire

@testable import ProxyARP

@Suite("Member resolver (H4, H12, H13, X1)")
struct MemberResolverTests {
  /// A resolver with a clock that stands still unless told.
  struct Rig {
    var resolver: MemberResolver
    var now = Duration.seconds(100)

    init(_ members: [ResolvableMember] = [], identity: SwitchIdentity = Scene.identity) {
      resolver = MemberResolver(identity: identity)
      _ = resolver.configure(members, now: now)
    }

    mutating func heard(_ message: AddressMessage, on port: Int = 1) -> [ResolverAction] {
      resolver.received(message, on: port, now: now)
    }

    /// Lets time pass in steps of 100 ms; the actions with the time since the start of the wait.
    mutating func wait(_ time: Duration) -> [(at: Duration, action: ResolverAction)] {
      var seen: [(at: Duration, action: ResolverAction)] = []
      let start = now
      while now - start < time {
        now += .milliseconds(100)
        seen += resolver.tick(now).map { (now - start, $0) }
      }
      return seen
    }
  }

  static func member(
    _ number: UInt32, port: Int, shared: IPAddress = Scene.shared, vlan: VLANID = .untagged,
    cluster: Int = 0, _ method: ResolvableMember.Method = .sharedAddress
  ) -> ResolvableMember {
    ResolvableMember(
      member: number, port: port, vlan: vlan, shared: shared, method: method, cluster: cluster)
  }

  static func isSend(_ action: ResolverAction) -> Bool {
    if case .send = action { return true }
    return false
  }

  @Test("H4: a member is asked for on its port with a probe that changes nobody's cache (RFC 5227)")
  func firstQuestion() throws {
    var resolver = MemberResolver(identity: Scene.identity)
    let actions = resolver.configure([Self.member(0, port: 7)], now: .zero)
    let frame = ARPPacket.request(for: Scene.shared, from: Scene.switchMAC, vlan: .untagged).frame
    #expect(actions == [.send(port: 7, frame: frame)])
    #expect(try ARPPacket(parsing: frame).kind == .probe)
  }

  @Test("X1: an IPv6 member is solicited at its group from the switch's link-local address, on its VLAN")
  func firstSolicitation() throws {
    var resolver = MemberResolver(identity: Scene.identity)
    let actions = resolver.configure(
      [Self.member(0, port: 7, shared: Scene.shared6, vlan: VLANID(raw: 30))], now: .zero)
    guard case .send(7, let frame)? = actions.first else {
      Issue.record("nothing sent")
      return
    }
    let message = try NeighbourMessage(parsing: frame)
    #expect(message.destinationIP == ip("ff02::1:ff00:5"))
    #expect(message.sourceIP == ip("fe80::ff:ff:fe00:1"))
    #expect(message.linkLayer == Scene.switchMAC)
    #expect(message.vlan == VLANID(raw: 30))
  }

  @Test("H4: the switch's own address asks where it is a neighbour, 0.0.0.0 elsewhere")
  func sender() throws {
    var identity = Scene.identity
    identity.address = IPPrefix("10.50.0.250/24")
    func sender(_ address: String, vlan: UInt16) throws -> IPAddress {
      try ARPPacket(parsing: identity.query(ip(address), vlan: VLANID(raw: vlan))).senderIP
    }
    #expect(try sender("10.50.0.5", vlan: 0) == ip("10.50.0.250"))
    #expect(try sender("10.50.1.5", vlan: 0) == ip("0.0.0.0"))
    #expect(try sender("10.50.0.5", vlan: 9) == ip("0.0.0.0"))
  }

  @Test("H4: unanswered questions come at 100, 200, 400 ms … and never rarer than 5 s")
  func backoff() {
    var rig = Rig([Self.member(0, port: 1)])
    let times = rig.wait(.seconds(30)).filter { Self.isSend($0.action) }.map(\.at)
    let wanted: [Duration] =
      [100, 300, 700, 1500, 3100, 6300, 11300, 16300, 21300, 26300].map { .milliseconds($0) }
    #expect(times == wanted)
    #expect(rig.resolver[0]?.state == .asking)
  }

  @Test(
    "H4: members with the same address are told apart by port and VLAN",
    arguments: [Scene.shared, Scene.shared6])
  func manyMembers(shared: IPAddress) {
    let twenty = VLANID(raw: 20)
    var rig = Rig([
      Self.member(1, port: 1, shared: shared), Self.member(2, port: 2, shared: shared),
      Self.member(3, port: 2, shared: shared, vlan: twenty),
    ])
    #expect(rig.heard(Scene.reply(shared, at: mac(2)), on: 2) == [.resolved(member: 2, mac: mac(2))])
    #expect(
      rig.heard(Scene.reply(shared, at: mac(3), vlan: twenty), on: 2) == [.resolved(member: 3, mac: mac(3))])
    #expect(
      rig.heard(Scene.announcement(of: shared, at: mac(1)), on: 1) == [.resolved(member: 1, mac: mac(1))])
    #expect(rig.resolver[1]?.mac == mac(1))
  }

  @Test("H4: a member with an address of its own is asked for that, and may have the shared one as it likes")
  func ownAddress() {
    var rig = Rig([Self.member(1, port: 1, .ownAddress(ip("10.50.0.21")))])
    #expect(rig.heard(Scene.announcement(of: Scene.shared, at: mac(1))).isEmpty)
    #expect(rig.heard(Scene.reply(ip("10.50.0.21"), at: mac(1))) == [.resolved(member: 1, mac: mac(1))])
    #expect(
      rig.heard(Scene.announcement(of: Scene.shared, at: mac(9)), on: 3) == [
        .conflict(
          .wrongPort(address: Scene.shared, vlan: .untagged, port: 3, mac: mac(9), member: nil))
      ])
  }

  @Test("H4: a configured MAC is used unasked; contradictions are reported once in a while")
  func configured() {
    var resolver = MemberResolver(identity: Scene.identity)
    let actions = resolver.configure([Self.member(1, port: 1, .configured(mac(1)))], now: .zero)
    #expect(actions == [.resolved(member: 1, mac: mac(1))])
    #expect(resolver.nextDeadline == nil)
    let claim = Scene.reply(Scene.shared, at: mac(2))
    let conflict = ResolverAction.conflict(.notConfigured(member: 1, configured: mac(1), claimed: mac(2)))
    #expect(resolver.received(claim, on: 1, now: .seconds(1)) == [conflict])
    #expect(resolver.received(claim, on: 1, now: .seconds(2)).isEmpty)
    #expect(resolver.received(claim, on: 1, now: .seconds(31)) == [conflict])
    #expect(resolver.received(Scene.reply(Scene.shared, at: mac(1)), on: 1, now: .seconds(32)).isEmpty)
    #expect(resolver[1]?.mac == mac(1))
  }

  @Test("H12: asked by unicast after 30 s, then by broadcast; lost after three; the MAC stays known")
  func loss() throws {
    var rig = Rig([Self.member(0, port: 1)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    let seen = rig.wait(.milliseconds(32_900))
    #expect(seen.map(\.at) == [.seconds(30), .seconds(31), .seconds(32)])
    let destinations = try seen.map { item in
      guard case .send(1, let frame) = item.action else { return MACAddress.zero }
      return try ARPPacket(parsing: frame).destination
    }
    #expect(destinations == [mac(1), .broadcast, .broadcast])
    #expect(rig.resolver[0]?.state == .stale)
    let end = rig.wait(.milliseconds(100)).map(\.action)
    #expect(end.first == .lost(member: 0, mac: mac(1)))
    #expect(rig.resolver[0] == MemberResolution(state: .lost, mac: mac(1), lastHeard: .seconds(100)))
    #expect(rig.wait(.seconds(60)).allSatisfy { Self.isSend($0.action) })
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(1))) == [.resolved(member: 0, mac: mac(1))])
  }

  @Test("H12: a lost member that returns with another MAC is changed")
  func returnsChanged() {
    var rig = Rig([Self.member(0, port: 1)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    _ = rig.wait(.seconds(34))
    #expect(
      rig.heard(Scene.reply(Scene.shared, at: mac(2))) == [.changed(member: 0, old: mac(1), new: mac(2))])
  }

  @Test("H12: whatever a member sends by itself refreshes it")
  func passiveRefresh() {
    var rig = Rig([Self.member(0, port: 1)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    for _ in 0..<10 {
      #expect(rig.wait(.seconds(29)).isEmpty)
      let question = ARPPacket.request(for: Scene.router, from: mac(1), Scene.shared, vlan: .untagged)
      #expect(rig.heard(.arp(question)).isEmpty)
    }
  }

  @Test("X1: an advertisement without link-layer address confirms, and teaches nothing (RFC 4861 §7.2.4)")
  func bareAdvertisement() {
    var rig = Rig([Self.member(0, port: 1, shared: Scene.shared6)])
    func bare(from source: MACAddress) -> AddressMessage {
      var message = NeighbourMessage.answer(
        Scene.shared6, at: source, isRouter: false, vlan: .untagged, to: Scene.switchMAC,
        Scene.identity.linkLocal)
      message.linkLayer = nil
      return .neighbour(message)
    }
    #expect(rig.heard(bare(from: mac(1))).isEmpty)
    #expect(rig.resolver[0]?.state == .asking)
    _ = rig.heard(Scene.reply(Scene.shared6, at: mac(1)))
    _ = rig.wait(.milliseconds(30_500))
    #expect(rig.resolver[0]?.state == .stale)
    #expect(rig.heard(bare(from: mac(2))).isEmpty)
    #expect(rig.resolver[0]?.state == .stale)
    #expect(rig.heard(bare(from: mac(1))).isEmpty)
    #expect(rig.resolver[0]?.state == .reachable)
  }

  @Test("H12: another MAC takes the place when the known one no longer answers: within a second")
  func change() {
    var rig = Rig([Self.member(0, port: 1)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    let first = rig.heard(Scene.announcement(of: Scene.shared, at: mac(2)))
    let question = ARPPacket.request(for: Scene.shared, from: Scene.switchMAC, vlan: .untagged, to: mac(1))
      .frame
    #expect(first == [.send(port: 1, frame: question)])
    #expect(rig.resolver[0]?.state == .conflict)
    let rest = rig.wait(.seconds(1))
    #expect(rest.last?.action == .changed(member: 0, old: mac(1), new: mac(2)))
    #expect(rest.last?.at == .milliseconds(600))
    #expect(rest.count == 3)
    #expect(rig.resolver[0]?.mac == mac(2))
  }

  @Test("H13: two MACs on one port: a conflict, and the first stays while it answers")
  func twoMACs() {
    var rig = Rig([Self.member(0, port: 1)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(2)))
    #expect(
      rig.heard(Scene.reply(Scene.shared, at: mac(1))) == [
        .conflict(.twoMACs(member: 0, first: mac(1), second: mac(2)))
      ])
    #expect(rig.resolver[0] == MemberResolution(state: .reachable, mac: mac(1), lastHeard: rig.now))
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(2))).isEmpty, "not heard for a while")
    // The first goes away: it is asked soon after the conflict, and the second then takes its place.
    #expect(rig.wait(.milliseconds(6100)).count == 2)
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(2))).count == 1)
    #expect(rig.wait(.seconds(1)).last?.action == .changed(member: 0, old: mac(1), new: mac(2)))
  }

  @Test("H13: a flood of claims from ever other MACs causes one challenge, no change and few reports")
  func flood() {
    var rig = Rig([Self.member(0, port: 1), Self.member(1, port: 2)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    var sends = 0
    var reports = 0
    for turn in 0..<20_000 {
      rig.now += .milliseconds(1)
      let stranger = MACAddress(2, 7, 0, UInt8(turn >> 16 & 255), UInt8(turn >> 8 & 255), UInt8(turn & 255))
      var actions = rig.heard(Scene.reply(Scene.shared, at: stranger))
      actions += rig.heard(Scene.reply(Scene.shared, at: stranger), on: 9)
      if turn % 100 == 0 { actions += rig.heard(Scene.reply(Scene.shared, at: mac(1))) }
      for action in actions + rig.resolver.tick(rig.now) {
        switch action {
        case .send(1, _): sends += 1
        case .send: break
        case .conflict: reports += 1
        default: Issue.record("\(action)")
        }
      }
    }
    #expect(sends <= 3)
    #expect(reports <= 260)
    #expect(rig.resolver.suppressedReports > 19_000)
    #expect(rig.resolver[0]?.mac == mac(1))
  }

  @Test("H13: a claim behind a wrong port is a conflict that names the member whose MAC it is")
  func wrongPort() {
    var rig = Rig([Self.member(1, port: 1), Self.member(2, port: 2)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    #expect(
      rig.heard(Scene.reply(Scene.shared, at: mac(1)), on: 5) == [
        .conflict(.wrongPort(address: Scene.shared, vlan: .untagged, port: 5, mac: mac(1), member: 1))
      ])
    #expect(rig.resolver[1]?.state == .reachable)
    #expect(
      rig.heard(Scene.reply(Scene.shared, at: mac(1), vlan: VLANID(raw: 5)), on: 5).isEmpty, "another network"
    )
    #expect(rig.heard(Scene.reply(Scene.router, at: mac(8)), on: 5).isEmpty, "not a member's address")
  }

  @Test(
    "H13: MACs that cannot be a member's are refused with the reason",
    arguments: [
      (MACAddress.zero, MACRefusal.zero), (.broadcast, .multicast),
      (MACAddress(1, 0, 0x5e, 0, 0, 1), .multicast),
      (Scene.switchMAC, .ownMAC), (Scene.virtualMAC, .virtualMAC),
      (MACAddress(number: Scene.virtualMAC.number + 15), .virtualMAC), (mac(1), .otherMember),
    ])
  func refusals(claimed: MACAddress, reason: MACRefusal) {
    var rig = Rig([Self.member(1, port: 1), Self.member(2, port: 2)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    #expect(
      rig.heard(Scene.reply(Scene.shared, at: claimed), on: 2) == [
        .conflict(.refused(member: 2, mac: claimed, reason: reason))
      ])
    #expect(rig.resolver[2]?.mac == nil)
    #expect(rig.heard(Scene.reply(Scene.shared, at: claimed), on: 2).isEmpty)
  }

  @Test("H6: one server may be a member of two clusters with one MAC")
  func twoClusters() {
    var rig = Rig([Self.member(1, port: 1), Self.member(2, port: 1, shared: ip("10.50.0.6"))])
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(1))) == [.resolved(member: 1, mac: mac(1))])
    #expect(rig.heard(Scene.reply(ip("10.50.0.6"), at: mac(1))) == [.resolved(member: 2, mac: mac(1))])
  }

  @Test("H6: one answer serves every cluster that the server is a member of, by its own or a shared address")
  func oneAnswerForSeveralClusters() {
    let own = ip("10.50.0.21")
    var rig = Rig([
      Self.member(1, port: 1, cluster: 0, .ownAddress(own)),
      Self.member(2, port: 1, shared: ip("10.50.0.6"), cluster: 1, .ownAddress(own)),
      Self.member(3, port: 1, cluster: 2), Self.member(4, port: 1, cluster: 3),
    ])
    #expect(
      rig.heard(Scene.reply(own, at: mac(1))) == [
        .resolved(member: 1, mac: mac(1)), .resolved(member: 2, mac: mac(1)),
      ])
    #expect(
      rig.heard(Scene.reply(Scene.shared, at: mac(1))) == [
        .resolved(member: 3, mac: mac(1)), .resolved(member: 4, mac: mac(1)),
      ])
  }

  @Test("H13: several members behind one port, by configured MACs, do not contradict each other")
  func sharedPort() {
    var rig = Rig([
      Self.member(1, port: 1, .configured(mac(1))), Self.member(2, port: 1, .configured(mac(2))),
    ])
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(1))).isEmpty)
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(2))).isEmpty)
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(3))).count == 1)
  }

  @Test("H4: a member that checks its address is left alone for as long as RFC 5227 takes")
  func addressCheck() {
    var rig = Rig([Self.member(0, port: 1)])
    let probe = ARPPacket.request(for: Scene.shared, from: mac(1), vlan: .untagged)
    #expect(rig.heard(.arp(probe)).isEmpty)
    #expect(rig.wait(.milliseconds(9900)).isEmpty)
    #expect(rig.wait(.milliseconds(200)).count == 1)
    // It cannot put us off forever.
    #expect(rig.heard(.arp(probe)).isEmpty)
    #expect(rig.wait(.seconds(5)).count > 0)
    #expect(
      rig.heard(Scene.announcement(of: Scene.shared, at: mac(1))) == [.resolved(member: 0, mac: mac(1))])
  }

  @Test("H12: members found together are not refreshed together")
  func spread() {
    var rig = Rig((0..<64).map { Self.member(UInt32($0), port: $0) })
    for port in 0..<64 { _ = rig.heard(Scene.reply(Scene.shared, at: mac(UInt8(port + 1))), on: port) }
    var sends: [Duration: Int] = [:]
    for (at, action) in rig.wait(.milliseconds(30_100)) where Self.isSend(action) {
      sends[at, default: 0] += 1
    }
    #expect(sends.values.max() ?? 64 < 20)
  }
}
