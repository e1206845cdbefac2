import Testing
import Wire

@testable import Lab

/// The comparison itself is tried on captures with a known fault: a check that cannot fail proves nothing.
@Suite("frames in and out")
struct FrameLedgerTests {
  private static let virtual = MACAddress(2, 0xf5, 0, 0, 0, 1)

  private static func frame(_ from: MACAddress, _ to: MACAddress, _ rest: [UInt8] = [8, 0, 1, 2, 3])
    -> CapturedFrame
  {
    CapturedFrame(bytes: to.bytes + from.bytes + rest)
  }

  private static func ledger(_ captured: [LabHost: [CapturedFrame]]) -> FrameLedger {
    FrameLedger(captured, virtualMACs: [virtual])
  }

  @Test("H1 a rewritten frame at one server is right")
  func right() {
    let ledger = Self.ledger([
      .r1: [Self.frame(LabHost.r1.mac, Self.virtual)], .s2: [Self.frame(LabHost.r1.mac, LabHost.s2.mac)],
      .s1: [],
    ])
    #expect(ledger.faults == [])
    #expect(ledger.clusterSent == 1 && ledger.clusterArrived == 1 && ledger.perServer == [.s2: 1])
  }

  @Test("H5 a server's frame arrives as it was")
  func untouched() {
    let frame = Self.frame(LabHost.s1.mac, LabHost.r1.mac)
    let ledger = Self.ledger([.s1: [frame], .r1: [frame]])
    #expect(ledger.faults == [] && ledger.hostSent == 1 && ledger.hostArrived == 1)
  }

  @Test(
    "lost, doubled, at two servers, changed, left unwritten, led astray: each is a fault",
    arguments: [
      [.r1: [frame(LabHost.r1.mac, virtual)]],
      [
        .r1: [frame(LabHost.r1.mac, virtual)],
        .s1: [frame(LabHost.r1.mac, LabHost.s1.mac), frame(LabHost.r1.mac, LabHost.s1.mac)],
      ],
      [
        .r1: [frame(LabHost.r1.mac, virtual)], .s1: [frame(LabHost.r1.mac, LabHost.s1.mac)],
        .s2: [frame(LabHost.r1.mac, LabHost.s2.mac)],
      ],
      [
        .r1: [frame(LabHost.r1.mac, virtual)], .s1: [frame(LabHost.r1.mac, LabHost.s1.mac, [8, 0, 1, 2, 4])],
      ],
      [.r1: [frame(LabHost.r1.mac, virtual)], .s1: [frame(LabHost.r1.mac, virtual)]],
      [.r1: [frame(LabHost.r1.mac, virtual)], .h1: [frame(LabHost.r1.mac, LabHost.h1.mac)]],
      [
        .r1: [frame(LabHost.r1.mac, virtual)], .s1: [frame(LabHost.r1.mac, LabHost.s1.mac)],
        .s2: [frame(LabHost.r1.mac, LabHost.s1.mac)],
      ],
      [.s1: [frame(LabHost.s1.mac, LabHost.r1.mac)], .h1: [frame(LabHost.s1.mac, LabHost.r1.mac)]],
      [.s1: [frame(LabHost.r1.mac, LabHost.s1.mac)]],
    ] as [[LabHost: [CapturedFrame]]])
  func wrong(_ captured: [LabHost: [CapturedFrame]]) {
    #expect(!Self.ledger(captured).faults.isEmpty)
  }
}
