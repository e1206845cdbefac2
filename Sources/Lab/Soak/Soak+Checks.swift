import Glibc
import SwitchModel

/// What must hold after every round.
extension Soak {
  mutating func settle(_ round: SoakRound, _ terms: SoakTerms, _ losses: HostLosses) throws {
    try awaitSettled()
    for (client, process) in pings { try finish(client, process) }
    pings = []
    try demandAnswers("after the round")
    let wrong = try load.wrong() + outward.wrong()
    guard wrong.isEmpty else {
      throw LabError.refused("\(wrong.count) connections broke: \(wrong.prefix(3).joined(separator: "; "))")
    }
    try load.disallow()
    try load.refresh()
    try demandDatagrams(terms, losses)
    try demandSums()
    try demandEvents()
    try demandUsage()
  }

  /// Until every member serves and every probe has succeeded: before the switch has found an address of its own, nobody is
  /// probed, and the kernel has no routes for that.
  func awaitSettled() throws {
    try lab.awaitMembers(within: Self.patience)
    try lab.awaitRouters(within: Self.patience)
    var waiting: [String] = []
    let succeeded = try Waiting.until(within: Self.patience, every: .milliseconds(100)) {
      let rows = try lab.probes()
      waiting = rows.filter { $0.state != "operational" || $0.last_result != "ok" }.flatMap(\.targets)
      let hasAddress = rows.contains { row in row.targets.contains { $0.hasPrefix("live/") } }
      return hasAddress && waiting.isEmpty
    }
    guard succeeded else {
      throw LabError.refused("not every probe succeeds: \(waiting.prefix(5).joined(separator: ", "))")
    }
  }

  /// New connections to three clusters, from both networks, and from servers to the world.
  func demandAnswers(_ when: String) throws {
    try demandAnswers(
      when,
      [
        (.a1, LabAddress.live[0], LabAddress.agentPort), (.b1, LabAddress.live[1], LabAddress.agentPort),
        (.b1, LabAddress.web[0], 80),
      ])
    try demandOutward(when)
  }

  /// From every server of the pool's, in one family or the other.
  func demandOutward(_ when: String) throws {
    try demandAnswers(
      when,
      lab.layout.hosted.enumerated().map { number, server in
        (server, LabHost.x1.addresses[number % 2], LabAddress.agentPort)
      })
  }

  private func demandAnswers(_ when: String, _ questions: [(LabHost, String, UInt16)]) throws {
    for (client, address, port) in questions {
      let counts = try checks.fetch(address, port: port, from: client, count: 6)
      guard counts.values.reduce(0, +) == 6 else {
        throw LabError.refused(
          "\(when) \(client) gets \(counts.values.reduce(0, +)) answers to 6 new connections to \(address)")
      }
    }
  }

  // MARK: No packet is lost

  /// Who has the MAC of the router that fails in this round. Servers' neighbour tables change by themselves, too, so
  /// this is asked before and after.
  func noteServed(_ terms: inout SoakTerms) throws {
    switch terms.fault {
    case .pool(_, let router), .poolFlap(let router, _):
      for server in lab.layout.hosted
      where try checks.neighbour(LabHost.p1.addresses[0], of: server) == router.mac {
        terms.served.insert(server)
      }
    default: break
    }
  }

  private mutating func demandDatagrams(_ terms: SoakTerms, _ losses: HostLosses) throws {
    try streams.awaitAnswers()
    var terms = terms
    try noteServed(&terms)
    let wrong = try streams.wrong(terms) { [lab] in
      try HostLosses(lab).since(losses, without: terms.failed)
    }
    guard wrong.isEmpty else {
      throw LabError.refused("datagrams: \(wrong.prefix(4).joined(separator: "; "))")
    }
    try streams.refresh()
  }

  mutating func startPings() throws {
    for (client, address) in zip(LabHost.clients, LabAddress.web) {
      unlink(lab.logFile(of: "ping \(client)"))
      let program = try Program("ping", ["-q", "-n", "-i", "0.01", address])
      pings.append((client, try lab.start("ping \(client)", in: client, program)))
    }
  }

  private func finish(_ client: LabHost, _ process: ProcessIdentity) throws {
    process.signal(SIGINT)
    _ = try Waiting.until(within: .seconds(5)) { !process.isAlive }
    let text = TextFile.readBytes(lab.logFile(of: "ping \(client)")) ?? []
    let (sent, received) = LabChecks.pingCounts(ProgramResult(status: 0, output: text, errorOutput: []))
    // The last one may be under way.
    guard sent > 1, received >= sent - 1 else {
      throw LabError.refused("\(client) pings every 10 ms: \(received) of \(sent) replies")
    }
  }

  // MARK: What is counted and kept

  /// Frames go on coming: what left is read before and after what came, so that the truth is between the two, and so a
  /// few times, since it is a narrow place only when nothing comes between.
  private func demandSums() throws {
    var range: (least: Int64, most: Int64) = (.min, .max)
    for _ in 0..<5 {
      guard let one = SoakCounters.read(lab.name), let two = SoakCounters.read(lab.name) else { return }
      range.least = max(range.least, Int64(bitPattern: one.entered &- two.left))
      range.most = min(range.most, Int64(bitPattern: one.entered &- one.left))
    }
    // What is under way at one moment: a frame a processor, and those of a table's change.
    guard range.least <= Self.underWay, range.most >= -Self.underWay else {
      throw LabError.refused(
        "of the frames that came in \(range.least) to \(range.most) neither left nor are under a reason")
    }
  }

  private mutating func demandEvents() throws {
    let numbers = try lab.events().map(\.number)
    guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }), numbers.last ?? 0 >= newestEvent else {
      throw LabError.refused("events are lost or out of order")
    }
    newestEvent = numbers.last ?? 0
  }

  /// When all rounds are over, and nobody sends any more: as at the beginning; and when the daemon has ended in order, as
  /// if there had been none.
  mutating func demandEnd() throws {
    try demandSums()
    try demandUsage()
    traces.note()
    guard let daemon = lab.process("daemon"), daemon.isAlive else {
      throw LabError.refused("the daemon has ended:\n\(lab.daemonSaid)")
    }
    daemon.signal(SIGTERM)
    guard try Waiting.until(within: .seconds(30), { !daemon.isAlive }) else {
      throw LabError.refused("the daemon does not end")
    }
    // The kernel frees programs and maps a moment later.
    var left: [String] = []
    let isClean = try Waiting.until(within: .seconds(20), every: .milliseconds(500)) {
      left = try traces.left()
      return left.isEmpty
    }
    guard isClean else {
      throw LabError.refused("left behind: \(left.prefix(12).joined(separator: "; "))")
    }
  }

  private mutating func demandUsage() throws {
    traces.note()
    // The first rounds show what there is at all: a pool's threads, what an allocator keeps.
    guard rounds >= 3, let first else {
      self.first = try SoakUsage(lab)
      last = self.first
      return
    }
    var leaks: [String] = []
    let isBack = try Waiting.until(within: .seconds(20), every: .milliseconds(200)) {
      let usage = try SoakUsage(lab)
      last = usage
      leaks = usage.leaks(since: first)
      return leaks.isEmpty
    }
    guard isBack else { throw LabError.refused("leaks: \(leaks.joined(separator: "; "))") }
  }
}
