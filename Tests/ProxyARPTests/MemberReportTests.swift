import Testing
import Wire

@testable import ProxyARP

@Suite("Member resolver: what it reports of members (H3, H4, H12)")
struct MemberReportTests {
  typealias Rig = MemberResolverTests.Rig

  static func answer(
    _ address: IPAddress, at mac: MACAddress, to asker: MACAddress
  ) -> AddressMessage {
    address.isIPv6
      ? .neighbour(.answer(address, at: mac, isRouter: false, vlan: .untagged, to: asker, Scene.router6))
      : .arp(.reply(address, at: mac, vlan: .untagged, to: asker, Scene.router))
  }

  @Test(
    "H3: a member that answers a router for the shared address is reported, and found",
    arguments: [Scene.shared, Scene.shared6])
  func answersOthers(shared: IPAddress) {
    var rig = Rig([MemberResolverTests.member(1, port: 1, shared: shared)])
    let report = ResolverAction.conflict(
      .answersOthers(member: 1, address: shared, mac: mac(1), to: mac(99)))
    let message = Self.answer(shared, at: mac(1), to: mac(99))
    #expect(rig.heard(message) == [report, .resolved(member: 1, mac: mac(1))])
    #expect(rig.heard(message).isEmpty, "once in a while")
    _ = rig.wait(.seconds(31))
    #expect(rig.heard(message) == [report])
  }

  @Test("H3: a member with an address of its own that answers for the shared one is reported, too")
  func loopback() {
    var rig = Rig([MemberResolverTests.member(1, port: 1, .ownAddress(ip("10.50.0.21")))])
    _ = rig.heard(Scene.reply(ip("10.50.0.21"), at: mac(1)))
    #expect(
      rig.heard(Self.answer(Scene.shared, at: mac(1), to: mac(99))) == [
        .conflict(.answersOthers(member: 1, address: Scene.shared, mac: mac(1), to: mac(99)))
      ])
    #expect(
      rig.heard(Self.answer(ip("10.50.0.21"), at: mac(1), to: mac(99))).isEmpty, "its own is its business")
  }

  @Test(
    "H3: answers to the switch, announcements and questions are no such thing",
    arguments: [
      Scene.reply(Scene.shared, at: mac(1)), Scene.announcement(of: Scene.shared, at: mac(1)),
      .arp(.request(for: Scene.router, from: mac(1), Scene.shared, vlan: .untagged)),
      Self.answer(Scene.shared, at: mac(1), to: Scene.virtualMAC),
    ])
  func innocent(message: AddressMessage) {
    var rig = Rig([MemberResolverTests.member(1, port: 1)])
    #expect(rig.heard(message) == [.resolved(member: 1, mac: mac(1))])
  }

  @Test("H4: a member that never answers is reported once; found later, and never again")
  func silent() {
    var rig = Rig([MemberResolverTests.member(1, port: 1), MemberResolverTests.member(2, port: 2)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(2)), on: 2)
    let reports = rig.wait(.seconds(600)).filter { !MemberResolverTests.isSend($0.action) }
    let silent = ResolverAction.conflict(.silent(member: 1, address: Scene.shared))
    #expect(reports.count { $0.action == silent } == 1)
    // The other one was lost meanwhile, which is not the same.
    #expect(reports.map(\.action).filter { $0 != silent } == [.lost(member: 2, mac: mac(2))])
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(1))) == [.resolved(member: 1, mac: mac(1))])
  }

  @Test("H13: a flood of answers to ever other hosts is cut off")
  func flood() {
    var rig = Rig([MemberResolverTests.member(1, port: 1)])
    var reports = 0
    for turn in 0..<5000 {
      let asker = MACAddress(2, 8, 0, 0, UInt8(turn >> 8 & 255), UInt8(turn & 255))
      reports += rig.heard(Self.answer(Scene.shared, at: mac(1), to: asker)).count
    }
    #expect(reports <= 257)
  }
}
