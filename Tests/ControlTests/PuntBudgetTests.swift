@testable import Control
import HealthProbe
import SwitchModel
import Testing
import Wire

@Suite("X6 how many frames a port may give control")
struct PuntBudgetTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var count: Int
    var kind = ProbeKind.arp
    var interval = Duration.seconds(1)
    var fast: Duration?
    var ports = 1
    var members = 0
    var perTick: Int
  }

  static let rows = [
    Row(testDescription: "no probes", count: 0, perTick: 100),
    Row(testDescription: "1,000 a second by one port", count: 1000, perTick: 500),
    Row(testDescription: "1,000 a second by ten ports", count: 1000, ports: 10, perTick: 140),
    Row(testDescription: "the faster interval counts", count: 1000, fast: .milliseconds(200), perTick: 2100),
    Row(testDescription: "sockets need none", count: 1000, kind: .tcp, perTick: 100),
    Row(testDescription: "members are asked at once", count: 0, members: 50, perTick: 150),
    Row(testDescription: "members without bound", count: 0, members: 60_000, perTick: 1100),
    Row(testDescription: "a part of an answer is one", count: 1, kind: .nd, perTick: 104),
  ]

  @Test("a floor, the members, and four times the answers expected", arguments: rows)
  func budget(_ row: Row) {
    let jobs = (0..<row.count).map { i in
      ProbeJob(
        id: i,
        target: ProbeTarget(
          name: "c/\(i)", address: IPAddress(10, 0, 0, 1), port: i % row.ports),
        configuration: ProbeConfiguration(kind: row.kind, interval: row.interval, fastInterval: row.fast))
    }
    #expect(PuntBudget.perTick(jobs, members: row.members) == row.perTick)
  }
}
