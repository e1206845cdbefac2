import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// The bucket that a flow gets. Seeds are fixed, so the bounds are too: chi-square over 64 buckets has a mean of 63 and
/// a deviation of 11; a hash that clumps has hundreds.
@Suite("H2 X1 flow hash")
struct HashTests {
  static let buckets = 64

  func chiSquare(_ keys: some Sequence<FlowKey>, kind: UInt32, seed: UInt32, isIPv6: Bool) -> Double {
    var counts = [Double](repeating: 0, count: HashTests.buckets)
    var total = 0.0
    for key in keys {
      counts[Int(key.hash(kind: kind, seed: seed, isIPv6: isIPv6)) % HashTests.buckets] += 1
      total += 1
    }
    let mean = total / Double(HashTests.buckets)
    return counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
  }

  func key(_ source: IPAddress, _ destination: IPAddress, _ ports: (Int, Int), _ number: UInt8 = 6) -> FlowKey
  {
    FlowKey(
      sourceHi: source.hi, sourceLo: source.lo, destinationHi: destination.hi, destinationLo: destination.lo,
      ports: UInt32(UInt16(ports.0).byteSwapped) | UInt32(UInt16(ports.1).byteSwapped) << 16,
      protocolNumber: number)
  }

  /// An address that counts in its last bytes.
  func numbered(_ prefix: IPAddress, _ n: Int) -> IPAddress {
    var bytes = prefix.bytes
    bytes[bytes.count - 1] = UInt8(n & 255)
    bytes[bytes.count - 2] = UInt8(n >> 8 & 255)
    return IPAddress(bytes: bytes) ?? prefix
  }

  @Test(
    "flows that differ only in what usually counts up are spread evenly",
    arguments: [1, 77, 0xffff_ffff] as [UInt32])
  func spread(seed: UInt32) {
    let n = 0..<6400
    let c4: IPAddress = "192.0.2.1"
    let s4: IPAddress = "10.0.0.1"
    let c6: IPAddress = "2001:db8::1"
    let s6: IPAddress = "fd50::1"
    let rows: [(name: String, kind: UInt32, keys: [FlowKey])] = [
      ("v4 source ports", FS_HASH_FLOW, n.map { key(c4, s4, (1024 + $0, 80)) }),
      ("v4 even source ports", FS_HASH_FLOW, n.map { key(c4, s4, (2 * $0, 80)) }),
      ("v4 destination ports", FS_HASH_FLOW, n.map { key(c4, s4, (1024, $0)) }),
      ("v4 sources", FS_HASH_FLOW, n.map { key(numbered(c4, $0), s4, (1024, 80)) }),
      ("v4 sources without ports", FS_HASH_FLOW, n.map { key(numbered(c4, $0), s4, (0, 0), 50) }),
      ("v4 by source", FS_HASH_SOURCE, n.map { key(numbered(c4, $0), s4, (5, 80)) }),
      ("v4 by source, steps", FS_HASH_SOURCE, (0..<256).map { key(numbered(c4, $0 << 8), s4, (5, 80)) }),
      ("v4 by destination", FS_HASH_DESTINATION, n.map { key(c4, numbered(s4, $0), (5, 80)) }),
      ("v6 source ports", FS_HASH_FLOW, n.map { key(c6, s6, (1024 + $0, 80)) }),
      ("v6 sources", FS_HASH_FLOW, n.map { key(numbered(c6, $0), s6, (1024, 80)) }),
      ("v6 by source", FS_HASH_SOURCE, n.map { key(numbered(c6, $0), s6, (1, 80)) }),
      ("v6 by destination", FS_HASH_DESTINATION, n.map { key(c6, numbered(s6, $0), (1, 80)) }),
    ]
    for row in rows {
      let value = chiSquare(row.keys, kind: row.kind, seed: seed, isIPv6: row.name.hasPrefix("v6"))
      #expect(value < 130, "\(row.name): chi-square \(value)")
    }
  }

  @Test("X1 every bit of an IPv6 address counts") func everyBit() {
    let base = key("2001:db8::1", "fd50::1", (1, 2))
    for kind in [FS_HASH_FLOW, FS_HASH_SOURCE, FS_HASH_DESTINATION] {
      let first = base.hash(kind: kind, seed: 5, isIPv6: true)
      for bit in 0..<64 {
        var keys: [FlowKey] = []
        if kind != FS_HASH_DESTINATION {
          var key = base
          key.sourceHi ^= 1 << UInt64(bit)
          keys.append(key)
          key = base
          key.sourceLo ^= 1 << UInt64(bit)
          keys.append(key)
        }
        if kind != FS_HASH_SOURCE {
          var key = base
          key.destinationHi ^= 1 << UInt64(bit)
          keys.append(key)
          key = base
          key.destinationLo ^= 1 << UInt64(bit)
          keys.append(key)
        }
        for key in keys { #expect(key.hash(kind: kind, seed: 5, isIPv6: true) != first) }
      }
    }
  }

  @Test(
    "X5 by source: every flow of a source on one member; by destination: every flow to one address",
    arguments: PipelineTarget.available, [false, true])
  func sticky(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let net: IPPrefix = isIPv6 ? "fd50:1::/64" : "10.50.0.0/16"
      let source = sw.cluster(net, hash: FS_HASH_SOURCE, members: (1...4).map { sw.member(onPort: $0) })
      let destination = sw.cluster(
        net, hash: FS_HASH_DESTINATION, members: (1...4).map { sw.member(onPort: $0) })
      var bySource: Set<TestSwitch.Member> = []
      var byDestination: Set<TestSwitch.Member> = []
      for i in 1...64 {
        let client = numbered(Net.client(isIPv6), i)
        let server = numbered(net.address, i)
        let members = try (1...6).map { port in
          try sw.expectSteered(
            sw.frame(source, .ip(client, numbered(net.address, port), .udp(port, 80 + port))), to: source)
        }
        #expect(Set(members).count == 1)
        bySource.formUnion(members)
        let others = try (1...6).map { port in
          try sw.expectSteered(
            sw.frame(destination, .ip(numbered(Net.client(isIPv6), port), server, .udp(port, 9))),
            to: destination)
        }
        #expect(Set(others).count == 1)
        byDestination.formUnion(others)
      }
      #expect(bySource.count == 4 && byDestination.count == 4)
    }
  }

  @Test("the cluster's seed deals the flows anew") func seeded() {
    let keys = (0..<640).map { key("192.0.2.1", "10.0.0.1", ($0, 80)) }
    let moved = keys.filter {
      $0.hash(kind: 0, seed: 1, isIPv6: false) % 16 != $0.hash(kind: 0, seed: 2, isIPv6: false) % 16
    }
    #expect(moved.count > 500)
  }
}
