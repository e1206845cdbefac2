import Testing

@testable import Lab

/// What the soak says of datagrams: given such reports, is something wrong?
@Suite("soak: datagrams, and what a round may do to them")
struct SoakDatagramTests {
  /// One flow: runs of a server's name, or of "-" for nobody, ten datagrams each in a second, from 0 on.
  private static func flow(_ text: String) -> [StreamReport.Run] {
    var runs: [StreamReport.Run] = []
    for (second, name) in text.split(separator: " ").enumerated() where name != "." {
      for tenth in 0..<10 {
        let at = Int64(second) * 1_000_000 + Int64(tenth) * 100_000
        runs.append((at: at, server: name == "-" ? nil : String(name)))
      }
    }
    return runs
  }

  private static func findings(
    _ text: String, victims: Set<String> = [], isCut: Bool = false
  ) -> StreamFindings {
    let terms = StreamTerms(victims: victims, isCut: isCut, silence: 3_000_000)
    return terms.findings([flow(text)], since: -1, until: 100_000_000)
  }

  @Test("X7 where only the daemon was touched nothing is lost, and no flow moves")
  func unharmed() {
    #expect(Self.findings("s1 s1 s1").wrong(hostLosses: 0) == [])
    #expect(Self.findings("s1 - s1").lost == 10)
    #expect(Self.findings("s1 - s1").wrong(hostLosses: 9).count == 1)
    #expect(Self.findings("s1 - s1").wrong(hostLosses: 10) == [])
    #expect(
      Self.findings("s1 s2").moves == [
        "flow 0 went from s1 to s2 at 1970-01-01T00:00:01.000Z, 100 ms after its last answer"
      ])
    // No loss of hosts' excuses a flow that moves.
    #expect(Self.findings("s1 - s2").wrong(hostLosses: 10).count == 1)
  }

  @Test(
    "X8 where a server died only its flows lose and move",
    arguments: [
      ("s2 - - s1", 0, 0), ("s2 s1", 0, 0), ("s2 - s1 s1", 0, 0), ("s1 s1", 0, 0),
      // Another's.
      ("s1 - s1", 10, 0), ("s1 s3", 0, 1), ("s1 - s2", 10, 1),
      // It moved away, and then again: with s1 it has a living server.
      ("s2 s1 s2", 0, 1), ("s2 s1 - s1", 10, 0),
    ])
  func death(_ text: String, lost: Int, moves: Int) {
    let findings = Self.findings(text, victims: ["s2"])
    #expect(findings.lost == lost && findings.moves.count == moves)
  }

  @Test(
    "a flow that is not heard for longer than observe-time may move, but not because nobody answers it",
    arguments: [
      // Seconds in which it sends nothing.
      ("s1 . . . . s2", false, 0, 0), ("s1 . . s2", false, 0, 1),
      // In which nobody answers.
      ("s1 - - - - s2", false, 40, 1), ("s1 - - - - s2", true, 0, 0), ("s1 - s2", true, 0, 1),
      ("s1 - - - - s1", true, 0, 0), ("s1 s2", true, 0, 1),
    ])
  func silence(_ text: String, isCut: Bool, lost: Int, moves: Int) {
    let findings = Self.findings(text, isCut: isCut)
    #expect(findings.lost == lost && findings.moves.count == moves)
  }

  @Test("a round answers for what began in it, but knows where a flow was before")
  func bounds() {
    let terms = StreamTerms(silence: 3_000_000)
    func look(_ since: Int64, _ until: Int64) -> StreamFindings {
      terms.findings([Self.flow("s1 - s1 s2 s2")], since: since, until: until)
    }
    #expect(look(-1, 900_000) == StreamFindings())
    #expect(look(900_000, 1_000_000) == StreamFindings(lost: 10, firstLost: 1_000_000))
    #expect(look(1_000_000, 2_999_999) == StreamFindings())
    #expect(look(2_999_999, 3_000_000).moves.count == 1)
    #expect(look(3_000_000, 9_000_000) == StreamFindings())
  }

  /// Clients' flows are with s1, and servers' with x1.
  private static let lines = [
    SoakStreams.Line(host: .a1, address: LabAddress.live[0], flows: 1),
    .init(host: .b1, address: LabAddress.live[1], flows: 1),
    .init(host: .c1, address: LabHost.x1.addresses[0], flows: 1),
    .init(host: .c2, address: LabHost.x1.addresses[0], flows: 1),
    .init(host: .c2, address: LabHost.x1.addresses[1], flows: 1),
  ]

  @Test(
    "H10 whose datagrams a fault may cost: each line loses ten, and so many of these are not allowed",
    arguments: [
      (nil, 50), (.server(.link, .s1), 30), (.server(.program, .s2), 50), (.flap(.s1, times: 10), 30),
      (.router(.r1), 0), (.routerFlap(.r1, times: 10), 0), (.router(.r2), 40),
      (.routerFlap(.r2, times: 10), 40), (.pool(.blackhole, .p2), 30), (.poolFlap(.p2, times: 10), 30),
    ] as [(SoakFault?, Int)])
  func lines(_ fault: SoakFault?, lost: Int) {
    let round = SoakRound(fault: fault, orders: [.kill], isFaultFirst: true, pauses: [])
    var terms = SoakTerms(round, silence: 3_000_000)
    // Of the two servers, c2 has the MAC of p2.
    terms.served = [.c2]
    let reports = Self.lines.map { line in
      let server = LabHost.clients.contains(line.host) ? "s1" : "x1"
      return StreamReport(at: 9_000_000, flows: [Self.flow("\(server) - \(server)")])
    }
    #expect(terms.findings(Self.lines, reports, since: -1, until: 9_000_000).lost == lost)
  }

  @Test("a disabled server's flows move, and a drained one's stay")
  func orders() {
    func moves(_ order: SoakOrder) -> [String] {
      let round = SoakRound(fault: nil, orders: [order], isFaultFirst: true, pauses: [])
      let report = StreamReport(at: 9_000_000, flows: [Self.flow("s2 s3")])
      return SoakTerms(round, silence: 3_000_000)
        .findings([Self.lines[0]], [report], since: -1, until: 9_000_000).moves
    }
    #expect(moves(.disable(.s2)) == [])
    for order: SoakOrder in [
      .drain(.s2), .disable(.s3), .kill, .stop, .upgrade, .reload, .apply(.without(.s2)),
    ] {
      #expect(
        moves(order).map { $0.prefix(41) } == ["a1 to 10.50.0.102: flow 0 went from s2 to"], "\(order)")
    }
  }

  // MARK: What hosts lose

  private static let tables = """
    Inter-|   Receive                                                |  Transmit
     face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
      eth0:  1200      10    0    5    0     0          0         0     2400      20    0    7    0     0       0          0
    Ip: Forwarding DefaultTTL InReceives InHdrErrors InDiscards OutDiscards
    Ip: 1 64 100 0 2 1
    Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
    Udp: 50 1 4 60 3 0 0 0 0
    Ip6InDiscards                   0
    Udp6RcvbufErrors                8
    Udp6InErrors                    9

    """

  @Test("what hosts lost themselves: full rings and sockets, by who counts it")
  func losses() {
    var losses = HostLosses(counts: [:])
    losses.add("s1", Self.tables.split(separator: "\n").map(String.init))
    #expect(
      losses.counts == [
        "s1 eth0": 7, "s1 Ip:InDiscards": 2, "s1 Ip:OutDiscards": 1, "s1 Udp:RcvbufErrors": 3,
        "s1 Udp:SndbufErrors": 0, "s1 Udp:MemErrors": 0, "s1 Ip6InDiscards": 0, "s1 Udp6RcvbufErrors": 8,
      ])
  }

  @Test("only what was lost since counts, and not what a failed host and its cables lost")
  func lossesSince() {
    let before = HostLosses(counts: ["s1 eth0": 7, "sw sw-s1": 2, "sw sw-s2": 1, "backlog": 4])
    let after = HostLosses(counts: ["s1 eth0": 9, "sw sw-s1": 12, "sw sw-s2": 1, "backlog": 5, "s3 eth0": 1])
    #expect(before.since(before, without: []) == 0)
    #expect(after.since(before, without: []) == 2 + 10 + 1 + 1)
    #expect(after.since(before, without: [.s1]) == 1 + 1)
    // A host that was built anew counts from nothing.
    #expect(HostLosses(counts: ["s1 eth0": 3]).since(before, without: []) == 3)
  }
}
