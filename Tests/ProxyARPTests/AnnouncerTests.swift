import Testing
import Wire

@testable import ProxyARP

@Suite("Announcements (H3, H14, X1)")
struct AnnouncerTests {
  let four = VirtualAddress(vlan: VLANID(raw: 5), address: Scene.shared, mac: Scene.virtualMAC)
  let six = VirtualAddress(vlan: .untagged, address: Scene.shared6, mac: Scene.virtualMAC)

  @Test("H3: the announcement form of RFC 5227 §2.3")
  func arp() throws {
    let packet = try ARPPacket(parsing: four.announcement)
    #expect(packet.kind == .announcement)
    #expect(packet.operation == .request)
    #expect(packet.destination == .broadcast)
    #expect(packet.source == Scene.virtualMAC)
    #expect(packet.senderMAC == Scene.virtualMAC)
    #expect(packet.vlan == VLANID(raw: 5))
  }

  @Test("X1: the unsolicited advertisement of RFC 4861 §7.2.6")
  func advertisement() throws {
    let message = try NeighbourMessage(parsing: six.announcement)
    #expect(message.kind == .advertisement(.init(isRouter: false, isSolicited: false, overrides: true)))
    #expect(message.destinationIP == ip("ff02::1"))
    #expect(message.destination.description == "33:33:00:00:00:01")
    #expect(message.linkLayer == Scene.virtualMAC)
  }

  @Test("H14: every address on every port, three times, two seconds apart")
  func repetitions() {
    var announcer = Announcer()
    let first = announcer.announce([four, six], ports: [1, 2], now: .zero)
    #expect(
      first == [
        Announcement(port: 1, frame: four.announcement), Announcement(port: 2, frame: four.announcement),
        Announcement(port: 1, frame: six.announcement), Announcement(port: 2, frame: six.announcement),
      ])
    #expect(announcer.tick(.milliseconds(1900)).isEmpty)
    #expect(announcer.nextDeadline == .seconds(2))
    #expect(announcer.tick(.seconds(2)).count == 4)
    #expect(announcer.tick(.seconds(4)).count == 4)
    #expect(announcer.nextDeadline == nil)
    #expect(announcer.tick(.seconds(6)).isEmpty)
  }

  @Test("H14: announced anew, it begins anew; withdrawn, nothing more is said")
  func restart() {
    var announcer = Announcer()
    _ = announcer.announce([four], ports: [1], now: .zero)
    var moved = four
    moved.mac = MACAddress(number: Scene.virtualMAC.number + 1)
    #expect(announcer.announce([moved], ports: [1], now: .seconds(1)).count == 1)
    #expect(announcer.tick(.seconds(3)) == [Announcement(port: 1, frame: moved.announcement)])
    announcer.withdraw(moved)
    #expect(announcer.tick(.seconds(9)).isEmpty)
  }

  @Test("H14: of addresses and ports that stay, the rest is said; of others nothing")
  func kept() {
    var announcer = Announcer()
    _ = announcer.announce([four, six], ports: [1, 2], now: .zero)
    announcer.keep(only: [four], ports: [2, 3])
    let rest = [Announcement(port: 2, frame: four.announcement)]
    #expect(announcer.tick(.seconds(2)) == rest && announcer.tick(.seconds(4)) == rest)
    #expect(announcer.nextDeadline == nil)
  }

  @Test("A thousand addresses go out in bursts")
  func bursts() {
    var announcer = Announcer(repetitions: 1, burst: 100)
    let many = (0..<1000).map {
      VirtualAddress(
        vlan: .untagged, address: IPAddress(10, 1, UInt8($0 >> 8), UInt8($0 & 255)), mac: Scene.virtualMAC)
    }
    var frames = announcer.announce(many, ports: [1], now: .zero)
    #expect(frames.count == 100)
    for tick in 1...9 { frames += announcer.tick(.milliseconds(tick * 100)) }
    #expect(frames.count == 1000)
    #expect(Set(frames).count == 1000)
    #expect(announcer.nextDeadline == nil)
  }
}
