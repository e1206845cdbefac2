import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("X3 fragments")
struct FragmentTests {
  static let data = [UInt8](repeating: 0x5a, count: 3000)

  func pieces(_ cluster: TestSwitch.Cluster, from source: IPAddress, _ upper: UpperPayload, id: Int)
    -> [NetworkPayload]
  {
    NetworkPayload.pieces(source, cluster.address.address, upper, id: id, size: 1000)
  }

  /// The members that a datagram's pieces reach.
  func members(_ sw: TestSwitch, _ cluster: TestSwitch.Cluster, _ pieces: [NetworkPayload]) throws -> Set<
    TestSwitch.Member
  > {
    Set(try pieces.map { try sw.expectSteered(sw.frame(cluster, $0), to: cluster) })
  }

  @Test(
    "X3 all fragments of a datagram reach one member, in any order", arguments: PipelineTarget.available,
    [false, true])
  func together(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      let source = Net.client(isIPv6)
      var reached: Set<TestSwitch.Member> = []
      var id = 0
      for port in 1...24 {
        let upper = UpperPayload.udp(port, 53, FragmentTests.data)
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 1, 0], [0, 3, 3, 1, 2, 0]] {
          id += 1
          let all = pieces(web, from: source, upper, id: id)
          let found = try members(sw, web, order.map { all[$0] })
          #expect(found.count == 1, "port \(port), order \(order)")
          reached.formUnion(found)
        }
        let whole = try sw.expectSteered(sw.udp(web, from: source, port), to: web)
        id += 1
        let inOrder = try members(sw, web, pieces(web, from: source, upper, id: id))
        #expect(inOrder == [whole], "in order: the member that the flow has without fragments")
      }
      #expect(reached.count == 4)
    }
  }

  @Test(
    "X3 protocols without ports need no memory for it", arguments: PipelineTarget.available, [false, true])
  func withoutPorts(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      let source = Net.client(isIPv6)
      for (id, number) in ([50, 47, isIPv6 ? 58 : 1] as [UInt8]).enumerated() {
        // Zeros are an echo reply to ICMP.
        let all = pieces(web, from: source, .other(number, [UInt8](repeating: 0, count: 3000)), id: id)
        let small = UpperPayload.other(number, [UInt8](repeating: 0, count: 30))
        let whole = try sw.expectSteered(sw.frame(web, .ip(source, web.address.address, small)), to: web)
        #expect(try members(sw, web, all.reversed()) == [whole])
      }
      #expect(sw.tables.bytes(.fragments).allSatisfy { $0 == 0 })
    }
  }

  @Test(
    "X3 TCP: a later fragment before the first is dropped, as a guess could end a connection",
    arguments: PipelineTarget.available, [false, true])
  func earlyTCP(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      for port in 1...10 {
        let all = pieces(web, from: Net.client(isIPv6), .tcp(port, 80, .ack, FragmentTests.data), id: port)
        try sw.expect("early", sw.frame(web, all[1]), on: 0, .dropped(.fragmentEarly))
        let whole = try sw.expectSteered(sw.tcp(web, from: Net.client(isIPv6), port, .ack), to: web)
        #expect(try members(sw, web, all) == [whole])
      }
    }
  }

  @Test(
    "X3 H6 services: the first fragment names the service", arguments: PipelineTarget.available,
    [false, true])
  func services(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let address = Net.web(isIPv6)
      let names = sw.cluster(
        address, members: [sw.member(onPort: 1), sw.member(onPort: 2)], isAnswered: false)
      let other = sw.cluster(address, members: [sw.member(onPort: 3)], isAnswered: false)
      let entry = try sw.services(address, [.init(17, 53, names), .init(17, 123, other)])
      for port in 1...8 {
        for (service, cluster) in [(53, names), (123, other)] {
          let all = pieces(
            entry, from: Net.client(isIPv6), .udp(port, service, FragmentTests.data),
            id: port * 1000 + service)
          try sw.expect("early", sw.frame(entry, all[2]), on: 0, .dropped(.fragmentEarly))
          let reached = Set(try all.map { try sw.expectSteered(sw.frame(entry, $0), to: cluster) })
          #expect(reached.count == 1)
        }
      }
    }
  }

  @Test(
    "X3 the same identification from others, later, or with another protocol is another datagram",
    arguments: PipelineTarget.available)
  func identity(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      func first(_ source: IPAddress, _ port: Int) -> TestFrame {
        sw.frame(web, pieces(web, from: source, .tcp(port, 80, .ack, FragmentTests.data), id: 7)[0])
      }
      let later = sw.frame(
        web, pieces(web, from: Net.client, .tcp(1, 80, .ack, FragmentTests.data), id: 7)[1])
      try sw.expectSteered("somebody else's", first("198.51.100.8", 1), to: web)
      try sw.expect("not his", later, on: 0, .dropped(.fragmentEarly))
      let member = try sw.expectSteered(first(Net.client, 1), to: web)
      #expect(try sw.expectSteered(later, to: web) == member)
      sw.tick(1000 + 32 * 10)
      #expect(try sw.expectSteered("after 32 s", later, to: web) == member)
      sw.tick(1000 + 32 * 11)
      try sw.expect("RFC 8200 §4.5: too old", later, on: 0, .dropped(.fragmentEarly))
      for port in 2...9 {
        let again = try sw.expectSteered(first(Net.client, port), to: web)
        #expect(try sw.expectSteered("the identification again", later, to: web) == again)
      }
    }
  }

  @Test("X3 X2 datagrams of two VLANs with the same addresses are two", arguments: PipelineTarget.available)
  func vlans(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let ten = sw.cluster(Net.web, vlan: 10, members: [sw.member(onPort: 1, vlan: 10)])
      let twenty = sw.cluster(Net.web, vlan: 20, members: [sw.member(onPort: 2, vlan: 20)])
      let all = pieces(ten, from: Net.client, .udp(1, 53, FragmentTests.data), id: 9)
      for piece in all {
        try sw.expectSteered("10", sw.frame(ten, piece, tags: [.vlan(10)]), to: ten)
        try sw.expectSteered("20", sw.frame(twenty, piece, tags: [.vlan(20)]), to: twenty)
      }
    }
  }

  @Test(
    "X3 X1 RFC 8200 §4.5 headers behind the fragment header: later fragments name another protocol",
    arguments: PipelineTarget.available)
  func headersWithin(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.webV6, members: (1...4).map { sw.member(onPort: $0) })
      var id = 0
      for number in [17, 58] as [UInt8] {
        for port in 1...20 {
          // Destination options stand in the fragmentable part, so every piece's fragment header names them.
          let upper: UpperPayload =
            number == 17 ? .udp(port, 53, FragmentTests.data) : .icmpv6Echo(id: port, size: 3000)
          let whole = NetworkPayload.ipv6(
            Net.clientV6, web.address.address, upper, headers: [.destinationOptions])
          let body = UpperPayload.other(60, Array(whole.bytes.dropFirst(40)))
          for order in [[0, 1, 2], [0, 2, 1], [0, 2, 0, 1]] {
            id += 1
            let all = NetworkPayload.pieces(
              Net.clientV6, web.address.address, body, id: id, size: 1104)
            try sw.expect("perhaps TCP", sw.frame(web, all[1]), on: 0, .dropped(.fragmentEarly))
            let reached = try members(sw, web, order.map { all[$0] })
            #expect(reached.count == 1, "protocol \(number), port \(port), \(order)")
          }
        }
      }
    }
  }

  @Test(
    "X3 H8 fragments in transition stay together, whatever the hash is over",
    arguments: PipelineTarget.available, [FS_HASH_FLOW, FS_HASH_SOURCE, FS_HASH_DESTINATION])
  func inTransition(target: PipelineTarget, hash: UInt32) throws {
    try target.withSwitch { sw in
      let members = [sw.member(onPort: 1), sw.member(onPort: 2)]
      let web = sw.cluster(Net.web, hash: hash, buckets: 1, members: members)
      for (id, isTCP) in [false, true].enumerated() {
        sw.transit(web, from: members[0], to: members[1], observing: true)
        let begin = isTCP ? sw.tcp(web, from: Net.client, 9, .syn) : sw.udp(web, from: Net.client, 9)
        let owner = try sw.expectSteered("the flow", begin, to: web)
        #expect(owner == members[isTCP ? 1 : 0])
        sw.transit(web, from: members[0], to: members[1])
        let upper: UpperPayload =
          isTCP ? .tcp(9, 80, .ack, FragmentTests.data) : .udp(9, 53, FragmentTests.data)
        let reached = try self.members(sw, web, pieces(web, from: Net.client, upper, id: id))
        #expect(reached == [owner], "\(isTCP ? "TCP" : "UDP")")
        let other: UpperPayload =
          isTCP ? .tcp(10, 80, .syn, FragmentTests.data) : .udp(10, 53, FragmentTests.data)
        let fresh = try self.members(sw, web, pieces(web, from: Net.client, other, id: 100 + id))
        #expect(fresh == [members[1]], "a new flow")
        if isTCP {
          let early = pieces(web, from: Net.client, upper, id: 200)[1]
          try sw.expect("X3 only the first tells", sw.frame(web, early), on: 0, .dropped(.fragmentEarly))
        }
      }
    }
  }

  @Test(
    "X3 a flood of datagrams pushes out at random, and breaks nothing else",
    arguments: PipelineTarget.available)
  func flood(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      for id in 0..<3000 {
        let piece = NetworkPayload.ipv4(
          IPAddress(9, 9, UInt8(id >> 8), UInt8(id & 255)), Net.web.address,
          .other(17, [0, 1, 0, 53, 0, 9, 0, 0]), piece: Piece(id: id, offset: 0, more: true))
        try sw.expectSteered(sw.frame(web, piece), to: web)
      }
      #expect(
        try members(sw, web, pieces(web, from: Net.client, .udp(4, 53, FragmentTests.data), id: 4)).count == 1
      )
    }
  }
}
