import Glibc

/// The soak's datagrams: UDP flows that run all the time, from clients to the shared addresses and from servers through the
/// pool of routers, each datagram answered by who got it.
struct SoakStreams {
  struct Line: Hashable, Sendable {
    var host: LabHost
    var address: String
    var flows: Int
  }

  struct Tally: Equatable, Sendable {
    var datagrams = 0
    /// Where a fault allowed it, or a host's kernel said that it had no room.
    var lost = 0
    var flows = 0
  }

  private let lab: LabNetwork
  private let lines: [Line]
  private var files: [(role: String, file: String)] = []
  /// What began until here has been looked at; microseconds since 1970.
  private var mark: Int64 = 0
  private var past = Tally()
  private var doubled = 0

  /// 32 flows of clients and 16 of servers, 20 datagrams a second each.
  static let every = 50_000
  private static let mostRuns = 20_000

  init(_ lab: LabNetwork) {
    self.lab = lab
    lines =
      zip(LabHost.clients, LabAddress.live).map { Line(host: $0, address: $1, flows: 16) }
      + lab.layout.hosted.flatMap { server in
        LabHost.x1.addresses.map { Line(host: server, address: $0, flows: 2) }
      }
  }

  mutating func begin() throws {
    for line in lines {
      let role = "stream\(files.count) \(line.host)"
      let file = "\(lab.directory)/stream\(files.count)-\(line.host).json"
      unlink(file)
      try lab.start(
        role, in: line.host,
        Program(
          path: lab.binary,
          [
            "lab", "agent", "stream", "--to", line.address, "--port", "\(LabAddress.agentPort)",
            "--flows", "\(line.flows)", "--every", "\(Self.every)", "--report", file,
          ]))
      files.append((role, file))
    }
    try awaitAnswers()
    mark = WallClock.now
  }

  /// Until every flow is answered again.
  func awaitAnswers(within patience: Duration = .seconds(20)) throws {
    let now = WallClock.now
    var silent: [String] = []
    let answered = try Waiting.until(within: patience, every: .milliseconds(100)) {
      silent = zip(lines, try reports(after: now)).flatMap { line, report in
        report.flows.enumerated().compactMap { number, flow in
          let isAnswered = flow.last.map { $0.server != nil && $0.last > now } == true
          return isAnswered ? nil : "flow \(number) of \(line.host) to \(line.address)"
        }
      }
      return silent.isEmpty
    }
    guard answered else {
      throw LabError.refused(
        "\(silent.count) UDP flows are not answered: \(silent.prefix(3).joined(separator: ", "))")
    }
  }

  /// What was lost or moved since the last time, and must not have been. All flows are answered when this is asked.
  mutating func wrong(_ terms: SoakTerms, losses: () throws -> Int) throws -> [String] {
    let until = WallClock.now
    var wrong: [String] = []
    // Whether the youngest is lost is known when it is not young any more; and a busy machine answers late.
    let due = until + StreamReport.young
    _ = try Waiting.until(within: .seconds(5), every: .milliseconds(100)) {
      let findings = terms.findings(lines, try reports(after: due), since: mark, until: until)
      wrong = findings.lost > 0 ? findings.wrong(hostLosses: try losses()) : findings.moves
      return wrong.isEmpty || !findings.moves.isEmpty
    }
    let sum = try reports(after: due).map(\.doubled).reduce(0, +)
    if sum > doubled { wrong.append("\(sum - doubled) datagrams were answered twice") }
    doubled = sum
    mark = until
    return wrong
  }

  /// Reports that were written after `moment`.
  private func reports(after moment: Int64) throws -> [StreamReport] {
    var reports: [StreamReport] = []
    let fresh = try Waiting.until(within: .seconds(15), every: .milliseconds(50)) {
      for (role, _) in files where lab.process(role)?.isAlive != true {
        throw LabError.refused("\(role) ended:\n  \(TextFile.read(lab.logFile(of: role)) ?? "")")
      }
      reports = files.compactMap { StreamReport.load($0.file) }
      return reports.count == files.count && reports.allSatisfy { $0.at > moment }
    }
    guard fresh else { throw LabError.refused("the soak's UDP flows are not reported") }
    return reports
  }

  /// New flows for the old ones, when there is much to tell of these.
  mutating func refresh() throws {
    let runs = try reports(after: 0).flatMap(\.flows).map(\.count).reduce(0, +)
    guard runs > Self.mostRuns else { return }
    try end()
    try begin()
  }

  func tally() throws -> Tally {
    let flows = try reports(after: 0).flatMap(\.flows)
    return Tally(
      datagrams: past.datagrams + flows.joined().map(\.count).reduce(0, +),
      lost: past.lost + flows.map(StreamReport.lost).reduce(0, +), flows: past.flows + flows.count)
  }

  mutating func end() throws {
    past = try tally()
    doubled = 0
    try ProcessIdentity.end(files.compactMap { lab.process($0.role) })
    for (role, file) in files {
      unlink(file)
      unlink(lab.logFile(of: role))
    }
    files = []
  }
}
