import Foundation
import Testing

@testable import Lab

/// The parts of the soak that need no lab.
@Suite("soak: what is drawn, and what is allowed")
struct SoakTests {
  private static func rounds(seed: UInt64, _ count: Int) -> [SoakRound] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in SoakRound.random(using: &generator) }
  }

  @Test("the same seed draws the same rounds, another one others")
  func seeded() {
    #expect(Self.rounds(seed: 7, 200) == Self.rounds(seed: 7, 200))
    #expect(Self.rounds(seed: 7, 20) != Self.rounds(seed: 8, 20))
    // Of the paper's own code for seed 0.
    var generator = SeededGenerator(seed: 0)
    #expect(generator.next() == 0xe220_a839_7b1d_cdaf && generator.next() == 0x6e78_9e6a_a1b9_65f4)
  }

  @Test(
    "every round does something that can be done: no order to a daemon that is away, one server at a time")
  func possible() {
    var orders: Set<String> = []
    var faults: Set<String> = []
    for round in Self.rounds(seed: 1, 3000) {
      #expect(round.fault != nil || !round.orders.isEmpty)
      #expect(round.orders.dropLast().allSatisfy { !$0.isSilent }, "\(round)")
      let hosts = round.orders.compactMap(\.host)
      #expect(Set(hosts).count == hosts.count || round.orders.count < 2, "\(round)")
      if let victim = round.fault?.victim { #expect(!hosts.contains(victim), "\(round)") }
      #expect(round.victims.count < LabHost.servers.count, "\(round)")
      for order in round.orders { orders.insert("\(order)".filter(\.isLetter).prefix(14).description) }
      if let fault = round.fault { faults.insert("\(fault)".filter(\.isLetter)) }
    }
    #expect(orders.count >= 8 && faults.count >= 12, "\(orders) \(faults)")
  }

  @Test(
    "a variant changes what it says, and nothing of the other clusters",
    arguments: [
      (SoakVariant.without(.s2), -2, "live without s2"),
      (.weight(.s3, 30), 0, "live/s3 weighs 30"), (.withoutDamped, -7, "no cluster damped"),
      (.settle(9), 0, "settle-time 9s"),
    ])
  func variants(variant: SoakVariant, lines: Int, text: String) {
    let before = LabConfiguration(name: "x", datapath: .auto, layout: .all).text
    let after = variant.applied(to: before)
    func count(_ text: String) -> Int { text.split(separator: "\n", omittingEmptySubsequences: false).count }
    #expect(after != before && count(after) - count(before) == lines)
    #expect("\(variant)" == text)
    let web = before.split(separator: "\n").drop { $0 != "  - name: web" }.prefix(9)
    #expect(after.contains(web.joined(separator: "\n")))
  }

  @Test("only a server that was made to fail, from then on and until all is well again, may lose connections")
  func allowance() {
    let allowance = SoakLoad.Allowance(servers: ["s2"], since: 100, until: 200)
    func covers(_ server: String?, _ broken: Int64?) -> Bool {
      allowance.covers(
        .init(servers: server.map { [$0] } ?? [], broken: broken.map { _ in "" }, broken_at: broken))
    }
    #expect(covers("s2", 100) && covers("s2", 200) && covers("s2", nil))
    #expect(!covers("s2", 99) && !covers("s2", 201) && !covers("s1", 150) && !covers(nil, 150))
  }

  @Test("H10 a router of the pool that fails lets no connection break")
  func router() {
    for fault in [SoakFault.pool(.namespace, .p2), .poolFlap(.p2, times: 10), .router(.r1)] {
      let round = SoakRound(fault: fault, orders: [.kill], isFaultFirst: true, pauses: [])
      #expect(round.victims == [])
    }
  }

  @Test("what is outside its band is a leak, by name")
  func bands() {
    let first = SoakUsage(counts: ["memory, MB": 40, "descriptors": 60, "maps": 20, "rules": 9])
    #expect(first.leaks(since: first) == [])
    #expect(
      SoakUsage(counts: ["memory, MB": 90, "descriptors": 70, "maps": 20, "rules": 9]).leaks(since: first)
        == [])
    let later = SoakUsage(counts: ["memory, MB": 93, "descriptors": 77, "maps": 24, "rules": 10])
    #expect(
      later.leaks(since: first) == [
        "descriptors: 60 at first, 77 now", "maps: 20 at first, 24 now", "memory, MB: 40 at first, 93 now",
        "rules: 9 at first, 10 now",
      ])
  }

  @Test(
    "durations",
    arguments: [
      ("10s", 10), ("90s", 90), ("20m", 1200), ("2h", 7200), ("72h", 259_200), ("9s", nil), ("73h", nil),
      ("", nil), ("s", nil), ("-1h", nil), ("1d", nil), ("9223372036854775807h", nil), ("1.5h", nil),
    ] as [(String, Int?)])
  func durations(text: String, seconds: Int?) {
    #expect(SoakDuration.parse(text) == seconds.map { .seconds($0) })
  }
}

extension LabTests {
  @Suite("soak, datapath auto", .serialized, .lab(.auto, .all))
  struct ShortSoak {
    @Test("X7 X8 H12 a minute of random faults and orders: nothing breaks that need not, nothing leaks")
    func minute() throws {
      let lab = try #require(LabTrait.lab)
      // Always the same walk, so that one change is held against another; `make soak` takes others.
      let seed: UInt64 = 122
      var soak = try Soak(lab, seed: seed) { print($0) }
      do {
        let outcome = try soak.run(for: .seconds(60))
        #expect(outcome.rounds > 0 && outcome.tally.answers > 0)
        #expect(outcome.outward.answers > 0 && outcome.outward.broken == 0)
        #expect(outcome.streams.flows >= 48 && outcome.streams.datagrams > 10_000)
      } catch let error as LabError where !error.isInterruption {
        Issue.record(
          "seed \(seed): \(error)\n\(soak.history.suffix(10).joined(separator: "\n"))\n\(lab.daemonSaid)")
      }
    }
  }
}
