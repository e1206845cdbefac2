import PacketCapture
import SwitchModel
import Testing

@Suite("The switch's own captures")
struct PacketFileTests {
  @Test("a packet stands at both its ports, with one number and the decision")
  func both() {
    var file = PacketFile(snapLength: 128)
    var bytes = file.header(hardware: "x", operatingSystem: "y", ports: [("sw-r1", "router")])
    let before = udpFrame(60)
    var after = before
    after[0] = 0x42
    bytes += file.packet(
      CapturedPacket(
        number: 9, time: 77, port: "sw-r1", verdict: .forward, out: "sw-s1", cluster: "web", member: "s1",
        isKnown: true, length: 90, before: before, after: after), missed: 2)
    bytes += file.packet(
      CapturedPacket(
        number: 10, time: 78, port: "sw-r1", verdict: .drop, reason: "runt", length: 0, before: []))
    bytes += file.statistics(received: 2, missed: 2, time: 80)
    let (items, error) = readAll(bytes)
    #expect(error == nil)
    let names = items.compactMap { if case .interface(_, let one) = $0 { one.name } else { nil } }
    #expect(names == ["sw-r1", "sw-s1"])
    let read = frames(items)
    #expect(read.map(\.interface) == [0, 1, 0])
    #expect(read.map(\.direction) == [.inbound, .outbound, .inbound])
    #expect(read.map(\.packetID) == [9, 9, 10])
    #expect(read.map(\.bytes) == [before, after, []])
    #expect(read.map(\.originalLength) == [90, 90, 0])
    #expect(read.map(\.dropCount) == [2, nil, 0])
    #expect(
      read.map(\.comments) == [
        ["forward to sw-s1; cluster web, member s1; known flow"],
        ["forward to sw-s1; cluster web, member s1; known flow"], ["drop (runt)"],
      ])
    #expect(items.last == .statistics(CaptureStatistics(interface: 0, received: 2, missed: 2)))
  }
}
