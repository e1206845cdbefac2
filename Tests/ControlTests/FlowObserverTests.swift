import Datapath
import Forwarding
import Support
import Testing
import Wire

@testable import Control
@testable import Datapath

@Suite("Flows that the tap shows")
struct FlowObserverTests {
  private static let virtual = MACAddress(0x02, 0, 0, 0, 0, 1)
  private static let member = MACAddress(0x02, 0, 0, 0, 5, 1)

  private static func observer(limit: Int = 65536) -> FlowObserver {
    FlowObserver(virtualMACs: virtual.number..<virtual.number + 1, limit: limit)
  }

  private static func sample(
    _ payload: NetworkPayload, to destination: MACAddress = virtual,
    outcome: TapSample.Outcome = .forwarded(port: 3), tags: [TestFrame.Tag] = [], cut: Int = .max
  ) -> TapSample {
    let frame = TestFrame(from: MACAddress(0x02, 0, 0, 0, 1, 1), to: member, tags: tags, payload)
    return TapSample(
      destination: destination, length: frame.bytes.count, port: 1, outcome: outcome,
      bytes: Array(frame.bytes.prefix(cut)))
  }

  private static func udp(from port: UInt16) -> NetworkPayload {
    .ipv4(IPAddress(10, 0, 0, 1), IPAddress(10, 0, 0, 100), .udp(Int(port), 80))
  }

  @Test(
    "A flow is told by protocol, addresses and ports, with a tag or without; its packets and bytes add up")
  func adds() throws {
    let observer = Self.observer()
    for _ in 0..<3 { observer.add(Self.sample(Self.udp(from: 4000))) }
    observer.add(Self.sample(Self.udp(from: 4000), tags: [.vlan(5)]))
    observer.add(Self.sample(Self.udp(from: 4001)))
    let result = observer.result
    #expect(result.count == 2)
    let (flow, count) = try #require(result.first { $0.key.sourcePort == 4000 })
    let size = UInt64(Self.sample(Self.udp(from: 4000)).length)
    #expect(count.packets == 4 && count.bytes == 4 * size + 4)
    #expect(flow.protocolNumber == 17 && flow.destinationPort == 80 && flow.out == 3)
    #expect(flow.virtualMAC == Self.virtual && flow.memberMAC == Self.member)
  }

  @Test("What was not forwarded, or not for a cluster, is no flow of one")
  func others() {
    let observer = Self.observer()
    for outcome in [TapSample.Outcome.flooded, .replied, .dropped(.noMember), .punted(.claim)] {
      observer.add(Self.sample(Self.udp(from: 1), outcome: outcome))
    }
    observer.add(Self.sample(Self.udp(from: 1), to: MACAddress(0x02, 0, 0, 0, 0, 2)))
    observer.add(Self.sample(.other(type: 0x0806, [UInt8](repeating: 0, count: 46))))
    #expect(observer.result.isEmpty)
  }

  @Test("A frame cut at any byte is a flow, or none; nothing beyond it is read")
  func cut() {
    let whole = Self.sample(Self.udp(from: 4000), tags: [.service(7), .vlan(5)])
    for count in 0...whole.bytes.count {
      let observer = Self.observer()
      observer.add(Self.sample(Self.udp(from: 4000), tags: [.service(7), .vlan(5)], cut: count))
      // Two tags, 20 bytes of IPv4, 4 of ports.
      #expect(observer.result.isEmpty == (count < 14 + 8 + 20), "\(count) bytes")
      #expect(observer.result.keys.allSatisfy { ($0.sourcePort != nil) == (count >= 14 + 8 + 24) })
    }
  }

  @Test("Never more flows than the limit; those that are known go on counting")
  func bounded() {
    let observer = Self.observer(limit: 10)
    for port in 0..<100 as Range<UInt16> { observer.add(Self.sample(Self.udp(from: port))) }
    observer.add(Self.sample(Self.udp(from: 3)))
    #expect(observer.result.count == 10)
    #expect(observer.result.first { $0.key.sourcePort == 3 }?.value.packets == 2)
  }
}
