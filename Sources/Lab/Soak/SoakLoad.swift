import Glibc
import LinuxPlatform

/// The soak's connections, held over many rounds, and an account of those that broke.
struct SoakLoad {
  /// Breaking is allowed to a server's connections from some time on.
  struct Allowance: Sendable {
    var servers: Set<String>
    /// Microseconds since 1970.
    var since: Int64
    /// Nil: it goes on.
    var until: Int64?

    func covers(_ connection: HoldReport.Connection) -> Bool {
      guard let server = connection.servers.first, servers.contains(server) else { return false }
      guard let broken = connection.broken_at else { return true }
      return broken >= since && broken <= until ?? .max
    }
  }

  /// Connections from a host to an address.
  struct Line: Sendable {
    var host: LabHost
    var address: String
    var count: Int
    /// Milliseconds between two questions on one.
    var every: Int
  }

  private let lab: LabNetwork
  /// Begins the names of its processes.
  private let name: String
  private let lines: [Line]
  private var running: [(role: String, file: String)] = []
  private var number = 0
  private var allowances: [Allowance] = []
  /// Connections of a server that failed, which TCP repeats into still when all else is well again: by report and number.
  private var writtenOff: [Set<Int>] = []
  /// Of the connections that were given up with their load.
  private(set) var past = Tally()

  struct Tally: Equatable, Sendable {
    var connections = 0
    /// With a server that was made to fail.
    var broken = 0
    var answers = 0
  }

  private init(_ lab: LabNetwork, _ name: String, _ lines: [Line]) {
    self.lab = lab
    self.name = name
    self.lines = lines
  }

  /// From clients to the clusters `live` and `live6`.
  static func clients(_ lab: LabNetwork) -> SoakLoad {
    let lines = zip(LabHost.clients, LabAddress.live).map {
      Line(host: $0, address: $1, count: 32, every: 50)
    }
    return SoakLoad(lab, "soak", lines)
  }

  /// From servers through the pool of routers to the world.
  static func outward(_ lab: LabNetwork) -> SoakLoad {
    let lines = lab.layout.hosted.flatMap { server in
      LabHost.x1.addresses.map { Line(host: server, address: $0, count: 6, every: 150) }
    }
    return SoakLoad(lab, "outward", lines)
  }

  /// Opens new connections, beside those that are there.
  mutating func begin() throws {
    for line in lines {
      number += 1
      let role = "\(name)\(number) \(line.host)"
      let file = "\(lab.directory)/\(name)\(number)-\(line.host).json"
      let arguments = [
        "hold", "--to", line.address, "--port", "\(LabAddress.agentPort)", "--count", "\(line.count)",
        "--every", "\(line.every)", "--report", file,
      ]
      try lab.start(role, in: line.host, Program(path: lab.binary, ["lab", "agent"] + arguments))
      running.append((role, file))
    }
    let answered = try Waiting.until(within: .seconds(10), every: .milliseconds(50)) {
      running.allSatisfy {
        HoldReport.load($0.file)?.connections.allSatisfy { $0.answers > 0 || $0.broken != nil } == true
      }
    }
    guard answered else { throw LabError.refused("the soak's connections are not all answered") }
  }

  /// From now on connections of these servers may break.
  mutating func allow(_ servers: Set<LabHost>) {
    let names = Set(servers.map(\.name))
    allowances.append(Allowance(servers: names, since: WallClock.now, until: nil))
  }

  /// No more, from now on. What is in trouble now may end later.
  mutating func disallow() throws {
    let reports = try reports()
    while writtenOff.count < reports.count { writtenOff.append([]) }
    for (at, report) in reports.enumerated() {
      for (number, connection) in report.connections.enumerated() where report.trouble(of: connection) != nil
      {
        writtenOff[at].insert(number)
      }
    }
    for at in allowances.indices where allowances[at].until == nil { allowances[at].until = WallClock.now }
  }

  /// Reports that were written after now.
  private func reports() throws -> [HoldReport] {
    let now = WallClock.now
    var reports: [HoldReport] = []
    let fresh = try Waiting.until(within: .seconds(10), every: .milliseconds(50)) {
      for (role, _) in running where lab.process(role)?.isAlive != true {
        throw LabError.refused("\(role) ended:\n  \(TextFile.read(lab.logFile(of: role)) ?? "")")
      }
      reports = running.compactMap { HoldReport.load($0.file) }
      return reports.count == running.count && reports.allSatisfy { $0.at > now }
    }
    guard fresh else { throw LabError.refused("the soak's connections are not reported") }
    return reports
  }

  /// Those that broke and must not have, in words. Waits for those that TCP repeats into at the moment.
  func wrong(patience: Duration = .seconds(20)) throws -> [String] {
    var wrong: [String] = []
    _ = try Waiting.until(within: patience, every: .milliseconds(200)) {
      var isFinal = false
      wrong = []
      for (at, report) in try reports().enumerated() {
        for (number, connection) in report.connections.enumerated() {
          guard let trouble = report.trouble(of: connection), !isAllowed(connection, at, number) else {
            continue
          }
          wrong.append(Self.text(running[at].role, connection, trouble))
          // What has broken stays so.
          if connection.broken != nil || connection.servers.count > 1 { isFinal = true }
        }
      }
      return wrong.isEmpty || isFinal
    }
    return wrong
  }

  /// Waits until every connection that lives is answered, in the midst of a fault.
  func awaitAnswers(within patience: Duration) throws {
    let now = WallClock.now
    var silent = 0
    let answered = try Waiting.until(within: patience, every: .milliseconds(100)) {
      let living = try reports().flatMap(\.connections).filter { $0.broken == nil }
      silent = living.filter { $0.answered_at ?? 0 <= now }.count
      return silent == 0
    }
    guard answered else { throw LabError.refused("\(silent) connections of \(name) stand still") }
  }

  private static func text(_ role: String, _ connection: HoldReport.Connection, _ trouble: String) -> String {
    func time(_ micros: Int64?) -> String {
      micros.map { WallTime(since1970: .microseconds($0)).description } ?? "never"
    }
    let server = connection.servers.first ?? "nobody"
    let end = connection.broken_at.map { " at \(time($0))" } ?? ""
    return "\(role)'s with \(server), last answered \(time(connection.answered_at)): \(trouble)\(end)"
  }

  private func isAllowed(_ connection: HoldReport.Connection, _ report: Int, _ number: Int) -> Bool {
    allowances.contains { $0.covers(connection) }
      || writtenOff.indices.contains(report) && writtenOff[report].contains(number)
  }

  /// With new connections in the place of the old ones, when half of these have broken.
  mutating func refresh() throws {
    let all = try reports().flatMap(\.connections)
    let broken = all.filter { $0.broken != nil }.count
    guard running.isEmpty || broken * 2 >= all.count else { return }
    try end()
    try begin()
  }

  func tally() throws -> Tally {
    let connections = try reports().flatMap(\.connections)
    return Tally(
      connections: past.connections + connections.count,
      broken: past.broken + connections.filter { $0.broken != nil }.count,
      answers: past.answers + connections.map(\.answers).reduce(0, +))
  }

  mutating func end() throws {
    past = try tally()
    let processes = running.compactMap { lab.process($0.role) }
    try ProcessIdentity.end(processes)
    for (role, file) in running {
      unlink(file)
      unlink(lab.logFile(of: role))
    }
    running = []
    allowances = []
    writtenOff = []
  }
}
