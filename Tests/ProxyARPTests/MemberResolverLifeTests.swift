import Testing
import Wire

@testable import ProxyARP

@Suite("Member resolver: links, configurations, restarts (H4, H12, H14, X7)")
struct MemberResolverLifeTests {
  typealias Rig = MemberResolverTests.Rig

  @Test("H12: a port that was down: its member is asked at once when it is up again, and keeps its MAC")
  func link() throws {
    var rig = Rig([MemberResolverTests.member(0, port: 1), MemberResolverTests.member(1, port: 2)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    #expect(rig.resolver.linkChanged(port: 1, up: false, now: rig.now).isEmpty)
    #expect(rig.resolver[0]?.state == .down)
    #expect(
      rig.wait(.seconds(60)).allSatisfy {
        switch $0.action {
        case .send(2, _), .conflict(.silent(member: 1, _)): true
        default: false
        }
      })
    let actions = rig.resolver.linkChanged(port: 1, up: true, now: rig.now)
    guard case .send(1, let frame)? = actions.first else {
      Issue.record("not asked")
      return
    }
    #expect(try ARPPacket(parsing: frame).destination == .broadcast)
    #expect(rig.resolver[0] == MemberResolution(state: .stale, mac: mac(1), lastHeard: .seconds(100)))
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(1))).isEmpty)
    #expect(rig.resolver[0]?.state == .reachable)
  }

  @Test("H4: a member configured on a port that is down waits for the port")
  func configuredOnDeadPort() {
    var rig = Rig()
    _ = rig.resolver.linkChanged(port: 4, up: false, now: rig.now)
    #expect(rig.resolver.configure([MemberResolverTests.member(0, port: 4)], now: rig.now).isEmpty)
    #expect(rig.resolver[0]?.state == .down)
    #expect(rig.resolver.linkChanged(port: 4, up: true, now: rig.now).count == 1)
    #expect(rig.resolver[0]?.state == .asking)
  }

  @Test("H14: a new configuration keeps what is known of members that did not change")
  func reconfiguration() {
    var rig = Rig([MemberResolverTests.member(1, port: 1), MemberResolverTests.member(2, port: 2)])
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)), on: 1)
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(2)), on: 2)
    let actions = rig.resolver.configure(
      [
        MemberResolverTests.member(3, port: 3), MemberResolverTests.member(1, port: 1),
        MemberResolverTests.member(2, port: 4),
      ], now: rig.now)
    #expect(actions.count == 2)
    #expect(actions.allSatisfy(MemberResolverTests.isSend))
    #expect(rig.resolver[1]?.state == .reachable)
    #expect(rig.resolver[2]?.mac == nil, "it is somewhere else now")
    #expect(rig.resolver.configure([], now: rig.now).isEmpty)
    #expect(rig.resolver[1] == nil)
    #expect(rig.heard(Scene.reply(Scene.shared, at: mac(1))).isEmpty)
    #expect(rig.resolver.nextDeadline == nil)
  }

  @Test("X7: MACs found in the datapath are used, verified, and lost if nobody answers")
  func adoption() {
    var rig = Rig([MemberResolverTests.member(0, port: 1), MemberResolverTests.member(1, port: 2)])
    let actions = rig.resolver.adopt([0: mac(1), 1: .broadcast, 9: mac(9)], now: rig.now)
    #expect(actions.count == 1)
    #expect(rig.resolver[0]?.mac == mac(1))
    #expect(rig.resolver[1]?.mac == nil)
    #expect(rig.wait(.seconds(4)).contains { $0.action == .lost(member: 0, mac: mac(1)) })
  }

  @Test("H12: control can have a member verified now")
  func verify() {
    var rig = Rig([MemberResolverTests.member(0, port: 1)])
    #expect(rig.resolver.verify(0, now: rig.now).isEmpty, "it is being asked anyway")
    _ = rig.heard(Scene.reply(Scene.shared, at: mac(1)))
    #expect(rig.resolver.verify(0, now: rig.now).count == 1)
    #expect(rig.wait(.seconds(3)).contains { $0.action == .lost(member: 0, mac: mac(1)) })
    #expect(rig.resolver.verify(5, now: rig.now).isEmpty)
  }
}
