import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// ICMP errors about what a member sent go to that member: the quoted packet's key reversed is the flow's.
@Suite("X4 ICMP errors")
struct ErrorTests {
  /// A router on the way that has something to say.
  static func complainer(_ isIPv6: Bool) -> IPAddress { isIPv6 ? "2001:db8:ff::1" : "203.0.113.1" }

  func error(
    _ sw: TestSwitch, _ cluster: TestSwitch.Cluster, type: Int, about packet: NetworkPayload, keep: Int? = nil
  ) -> TestFrame {
    let isIPv6 = cluster.address.address.isIPv6
    let upper: UpperPayload =
      isIPv6
      ? .icmpv6Error(type: type, about: packet, keep: keep ?? 1232)
      : .icmpError(type: type, about: packet, keep: keep ?? 28)
    return sw.frame(cluster, .ip(ErrorTests.complainer(isIPv6), cluster.address.address, upper))
  }

  /// What arrives for a flow, and what the member sends back.
  static func flows(_ port: Int) -> [(String, UpperPayload, UpperPayload)] {
    [
      ("TCP", .tcp(port, 80, .ack), .tcp(80, port, .ack)), ("UDP", .udp(port, 53), .udp(53, port)),
      ("QUIC", .quic(port), .udp(443, port)), ("SCTP", .sctp(port, 99), .sctp(99, port)),
      ("ESP", .esp(spi: port), .esp(spi: 99)), ("GRE", .other(47), .other(47)),
      ("unknown", .other(253), .other(253)),
    ]
  }

  @Test(
    "X4 every type of error reaches the member that holds the flow", arguments: PipelineTarget.available,
    [false, true])
  func types(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let web = sw.cluster(Net.web(isIPv6), members: (1...4).map { sw.member(onPort: $0) })
      let (client, server) = (Net.client(isIPv6), web.address.address)
      var reached: Set<TestSwitch.Member> = []
      for port in 1...20 {
        for (name, request, response) in ErrorTests.flows(port) {
          let member = try sw.expectSteered(sw.frame(web, .ip(client, server, request)), to: web)
          for type in isIPv6 ? [1, 2, 3, 4] : [3, 4, 5, 11, 12] {
            let frame = error(sw, web, type: type, about: .ip(server, client, response))
            #expect(try sw.expectSteered("\(name) type \(type)", frame, to: web) == member)
          }
          reached.insert(member)
        }
      }
      #expect(reached.count == 4)
    }
  }

  @Test("X4 what is no error about a packet is a flow of its own", arguments: PipelineTarget.available)
  func noErrors(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      let six = sw.cluster(Net.webV6, members: (1...4).map { sw.member(onPort: $0) })
      let pings = (
        try sw.expectSteered(sw.frame(four, .ipv4(Net.client, Net.web.address, .icmpEcho(id: 1))), to: four),
        try sw.expectSteered(
          sw.frame(six, .ipv6(Net.clientV6, Net.webV6.address, .icmpv6Echo(id: 1))), to: six)
      )
      for type in [0, 8, 13, 14, 9, 10, 40] as [UInt8] {
        let frame = sw.frame(
          four, .ipv4(Net.client, Net.web.address, .other(1, [type, 0, 0, 0, 0, 0, 0, 0])))
        #expect(try sw.expectSteered("type \(type)", frame, to: four) == pings.0)
      }
      for type in [0, 5, 127, 128, 129, 144] as [UInt8] {
        let frame = sw.frame(
          six, .ipv6(Net.clientV6, Net.webV6.address, .other(58, [type, 0, 0, 0, 0, 0, 0, 0])))
        #expect(try sw.expectSteered("type \(type)", frame, to: six) == pings.1)
      }
      try sw.expectSteered(
        "empty", sw.frame(four, .ipv4(Net.client, Net.web.address, .other(1, []))), to: four)
      try sw.expectSteered(
        "empty", sw.frame(six, .ipv6(Net.clientV6, Net.webV6.address, .other(58, []))), to: six)
    }
  }

  @Test(
    "X4 quotes with IPv4 options, IPv6 extension headers, a fragment header",
    arguments: PipelineTarget.available)
  func quotedHeaders(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: (1...4).map { sw.member(onPort: $0) })
      let six = sw.cluster(Net.webV6, members: (1...4).map { sw.member(onPort: $0) })
      for port in 1...20 {
        let member = try sw.expectSteered(sw.udp(four, from: Net.client, port), to: four)
        for size in [4, 20, 40] {
          let quoted = NetworkPayload.ipv4(
            Net.web.address, Net.client, .udp(53, port), options: [UInt8](repeating: 1, count: size))
          #expect(
            try sw.expectSteered(
              "options", error(sw, four, type: 3, about: quoted, keep: 28 + size), to: four) == member)
        }
        let first = NetworkPayload.ipv4(
          Net.web.address, Net.client, .udp(53, port), piece: Piece(id: 1, offset: 0, more: true))
        #expect(
          try sw.expectSteered("first fragment", error(sw, four, type: 11, about: first), to: four) == member)

        let memberV6 = try sw.expectSteered(sw.udp(six, from: Net.clientV6, port), to: six)
        for headers in [
          [.fragment(Piece(id: 1, offset: 0, more: true))], [.fragment(Piece(id: 1, offset: 0, more: false))],
          [.destinationOptions], [.hopByHop, .routing],
          [.hopByHop, .fragment(Piece(id: 1, offset: 0, more: true))],
        ] as [[ExtensionHeader]] {
          let quoted = NetworkPayload.ipv6(Net.webV6.address, Net.clientV6, .udp(53, port), headers: headers)
          #expect(
            try sw.expectSteered("\(headers)", error(sw, six, type: 2, about: quoted), to: six) == memberV6)
        }
      }
    }
  }

  @Test("X4 quotes that are cut short tell no flow", arguments: PipelineTarget.available)
  func cut(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: [sw.member(onPort: 1)])
      let six = sw.cluster(Net.webV6, members: [sw.member(onPort: 1)])
      let quoted = NetworkPayload.ipv4(Net.web.address, Net.client, .udp(53, 1))
      let quotedV6 = NetworkPayload.ipv6(Net.webV6.address, Net.clientV6, .udp(53, 1))
      for keep in 0..<24 {
        try sw.expect(
          "v4, \(keep)", error(sw, four, type: 3, about: quoted, keep: keep), on: 0, .dropped(.badQuote))
      }
      for keep in 24...30 {
        try sw.expectSteered("v4, \(keep)", error(sw, four, type: 3, about: quoted, keep: keep), to: four)
      }
      for keep in 0..<44 {
        try sw.expect(
          "v6, \(keep)", error(sw, six, type: 1, about: quotedV6, keep: keep), on: 0, .dropped(.badQuote))
      }
      for keep in 44...52 {
        try sw.expectSteered("v6, \(keep)", error(sw, six, type: 1, about: quotedV6, keep: keep), to: six)
      }
      // Padding is no part of the quote.
      let short = error(sw, four, type: 3, about: quoted, keep: 22)
      try sw.expect("padded", short.padded(to: 100), on: 0, .dropped(.badQuote))
      let shortV6 = error(sw, six, type: 1, about: quotedV6, keep: 42)
      try sw.expect("padded", shortV6.padded(to: 200), on: 0, .dropped(.badQuote))
    }
  }

  @Test("X4 quotes that tell no flow, or another's", arguments: PipelineTarget.available)
  func wrong(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let four = sw.cluster(Net.web, members: [sw.member(onPort: 1)])
      let six = sw.cluster(Net.webV6, members: [sw.member(onPort: 1)])
      let server = Net.web.address
      let rows: [(String, NetworkPayload, Reason)] = [
        (
          "a later fragment",
          .ipv4(server, Net.client, .udp(53, 1), piece: Piece(id: 1, offset: 800, more: true)), .badQuote
        ),
        ("another version", .ipv4(server, Net.client, .udp(53, 1), version: 5), .badQuote),
        ("a header too short", .ipv4(server, Net.client, .udp(53, 1), headerWords: 4), .badQuote),
        ("a header beyond", .ipv4(server, Net.client, .udp(53, 1), headerWords: 15), .badQuote),
        ("somebody else's packet", .ipv4("10.9.9.9", Net.client, .udp(53, 1)), .wrongAddress),
      ]
      for (name, quoted, reason) in rows {
        try sw.expect(name, error(sw, four, type: 3, about: quoted), on: 0, .dropped(reason))
      }
      let rowsV6: [(String, NetworkPayload, Reason)] = [
        (
          "a later fragment",
          .ipv6(
            Net.webV6.address, Net.clientV6, .udp(53, 1),
            headers: [.fragment(Piece(id: 1, offset: 800, more: true))]), .badQuote
        ),
        ("another version", .ipv6(Net.webV6.address, Net.clientV6, .udp(53, 1), version: 4), .badQuote),
        ("somebody else's packet", .ipv6("fd99::9", Net.clientV6, .udp(53, 1)), .wrongAddress),
      ]
      for (name, quoted, reason) in rowsV6 {
        try sw.expect(name, error(sw, six, type: 1, about: quoted), on: 0, .dropped(reason))
      }
    }
  }

  @Test(
    "X4 H6 with services the quoted source port names the service", arguments: PipelineTarget.available,
    [false, true])
  func services(target: PipelineTarget, isIPv6: Bool) throws {
    try target.withSwitch { sw in
      let address = Net.web(isIPv6)
      let web = sw.cluster(address, members: (1...3).map { sw.member(onPort: $0) }, isAnswered: false)
      let entry = try sw.services(address, [.init(6, 80, web)])
      for port in 1...10 {
        let member = try sw.expectSteered(sw.tcp(entry, from: Net.client(isIPv6), port, .ack), to: web)
        let about = NetworkPayload.ip(address.address, Net.client(isIPv6), .tcp(80, port, .ack))
        #expect(
          try sw.expectSteered("error", error(sw, entry, type: isIPv6 ? 2 : 3, about: about), to: web)
            == member)
        let other = NetworkPayload.ip(address.address, Net.client(isIPv6), .tcp(81, port, .ack))
        try sw.expect(
          "no service", error(sw, entry, type: isIPv6 ? 2 : 3, about: other), on: 0, .dropped(.noService))
      }
    }
  }

  @Test(
    "X4 X5 in transition an error follows its flow, and leaves no entry", arguments: PipelineTarget.available)
  func transition(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let members = [sw.member(onPort: 1), sw.member(onPort: 2)]
      let web = sw.cluster(Net.web, buckets: 1, members: members)
      func about(_ upper: UpperPayload) -> TestFrame {
        error(sw, web, type: 3, about: .ipv4(Net.web.address, Net.client, upper))
      }
      sw.transit(web, from: members[0], to: members[1], observing: true)
      #expect(try sw.expectSteered(sw.tcp(web, from: Net.client, 1, .syn), to: web) == members[1])
      #expect(try sw.expectSteered(sw.udp(web, from: Net.client, 1), to: web) == members[0])
      let words = Array(sw.tables.bytes(.flows))
      let rows: [(String, UpperPayload, observing: Int, after: Int)] = [
        ("TCP that began since", .tcp(80, 1, .ack), 1, 1), ("TCP from before", .tcp(80, 2, .ack), 0, 0),
        ("UDP seen", .udp(53, 1), 0, 0), ("UDP unseen", .udp(53, 2), 0, 1),
      ]
      for row in rows {
        let reached = try sw.expectSteered(row.0, about(row.1), to: web)
        #expect(reached == members[row.observing], "\(row.0)")
      }
      sw.transit(web, from: members[0], to: members[1])
      for row in rows {
        let reached = try sw.expectSteered(row.0, about(row.1), to: web)
        #expect(reached == members[row.after], "\(row.0)")
      }
      #expect(Array(sw.tables.bytes(.flows)).filter { $0 != 0 }.count == words.filter { $0 != 0 }.count)
    }
  }
}
