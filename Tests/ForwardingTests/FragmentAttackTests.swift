import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// Fragments that no honest host sends.
@Suite("X3 fragments as an attack")
struct FragmentAttackTests {
  private func piece(
    _ sw: TestSwitch, _ web: TestSwitch.Cluster, id: Int, offset: Int, more: Bool = true,
    _ upper: UpperPayload
  ) -> TestFrame {
    let piece = Piece(id: id, offset: offset, more: more)
    let (source, destination) = (Net.client(web.address.address.isIPv6), web.address.address)
    return sw.frame(
      web,
      source.isIPv6
        ? .ipv6(source, destination, upper, headers: [.fragment(piece)])
        : .ipv4(source, destination, upper, piece: piece))
  }

  @Test(
    "X3 overlapping and repeated pieces go where the datagram's first went",
    arguments: PipelineTarget.available,
    [false, true])
  func overlapping(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      for id in 1...40 {
        let first = try sw.expectSteered(piece(sw, web, id: id, offset: 0, .udp(id, 53)), to: web)
        for offset in [8, 8, 16, 0x1ff8, 8, 24] {
          let rest = UpperPayload.other(17, [UInt8](repeating: UInt8(id), count: 64))
          #expect(try sw.expectSteered(piece(sw, web, id: id, offset: offset, rest), to: web) == first)
        }
        // A later one that is to overwrite the ports.
        #expect(try sw.expectSteered(piece(sw, web, id: id, offset: 8, .udp(9999, 53)), to: web) == first)
      }
      #expect(sw.sumsAgree)
    }
  }

  @Test("X3 a datagram that never ends: one entry", arguments: PipelineTarget.available, [false, true])
  func endless(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      let first = try sw.expectSteered(piece(sw, web, id: 5, offset: 0, .udp(5, 53)), to: web)
      for offset in stride(from: 8, to: 65528, by: 64) {
        let rest = piece(sw, web, id: 5, offset: offset, .other(17, [1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(try sw.expectSteered(rest, to: web) == first)
      }
      #expect(sw.tables.bytes(.fragments).count(where: { $0 != 0 }) <= 8, "a word")
    }
  }

  @Test(
    "X3 two first pieces that name different ports: each to one member, the rest with the last one",
    arguments: PipelineTarget.available, [false, true])
  func twoFirsts(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      for id in 1...40 {
        let whole = try (0..<2).map {
          try sw.expectSteered(
            sw.udp(web, from: Net.client(isIPv6), 100 * id + $0), to: web)
        }
        for (number, member) in whole.enumerated() {
          let first = piece(sw, web, id: id, offset: 0, .udp(100 * id + number, 53))
          #expect(try sw.expectSteered(first, to: web) == member)
        }
        let rest = piece(sw, web, id: id, offset: 1480, more: false, .other(17, [1, 2, 3, 4]))
        #expect(try sw.expectSteered(rest, to: web) == whole[1])
      }
    }
  }

  @Test(
    "X3 first pieces too small for their ports are dropped", arguments: PipelineTarget.available,
    [false, true])
  func tiny(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      for (number, size) in [6, 17, 132].flatMap({ number in (0..<4).map { (UInt8(number), $0) } }) {
        let upper = UpperPayload.other(number, [UInt8](repeating: 0, count: size))
        try sw.expect(
          "\(number), \(size) bytes", piece(sw, web, id: 1, offset: 0, upper), on: 0, .dropped(.malformedIP))
      }
      // RFC 1858: the flags of TCP in a piece of their own. Without them it begins nothing.
      let ports = piece(sw, web, id: 2, offset: 0, .other(6, [0, 9, 0, 80, 0, 0, 0, 1]))
      let member = try sw.expectSteered(ports, to: web)
      let flags = UpperPayload.other(6, [0, 0, 0, 0, 0x50, 2, 0, 0])
      #expect(try sw.expectSteered(piece(sw, web, id: 2, offset: 8, flags), to: web) == member)
    }
  }

  @Test(
    "X3 a flood of pieces touches no flow that is whole, in transition neither",
    arguments: PipelineTarget.available, [false, true])
  func flood(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let scene = try TransitionTests.Scene(sw, isIPv6: isIPv6)
      scene.begin(observing: false)
      for port in 1...20 {
        #expect(try scene.tcp(port, .syn) == scene.b)
        #expect(try scene.tcp(port, .ack) == scene.b)
      }
      for id in 0..<1000 {
        let offset = id % 3 == 0 ? 0 : 1480
        _ = try sw.run(piece(sw, scene.web, id: id, offset: offset, .udp(id, 53)), on: 0)
        _ = try sw.run(piece(sw, scene.web, id: id, offset: offset, .tcp(id, 80, .ack)), on: 0)
      }
      for port in 1...20 { #expect(try scene.tcp(port, .ack) == scene.b) }
      for port in 21...40 { #expect(try scene.tcp(port, .ack) == scene.a) }
      #expect(sw.sumsAgree)
    }
  }
}
