import Glibc
import Wire

/// Traffic that runs while something happens, counted by the agents that make it.
struct LabLoad {
  private let lab: LabNetwork
  private var holds: [(role: String, file: String)] = []
  private var streams: [(role: String, file: String)] = []

  init(_ lab: LabNetwork) { self.lab = lab }

  /// Opens `count` connections and asks on each every 50 ms.
  mutating func hold(
    _ address: String, port: UInt16 = LabAddress.agentPort, from host: LabHost, count: Int
  ) throws {
    let arguments = ["hold", "--to", address, "--port", "\(port)", "--count", "\(count)"]
    holds.append(try start("hold", holds.count, arguments, host))
  }

  /// Sends datagrams in `flows` flows.
  mutating func stream(
    _ address: String, from host: LabHost, flows: Int, every: Duration = .milliseconds(10)
  ) throws {
    let interval = every.components.seconds * 1_000_000 + every.components.attoseconds / 1_000_000_000_000
    let arguments = ["stream", "--to", address, "--port", "\(LabAddress.agentPort)", "--flows", "\(flows)"]
    streams.append(try start("stream", streams.count, arguments + ["--every", "\(interval)"], host))
  }

  private func start(
    _ kind: String, _ number: Int, _ arguments: [String], _ host: LabHost
  ) throws -> (role: String, file: String) {
    let role = "\(kind)\(number) \(host)"
    let file = "\(lab.directory)/\(kind)\(number)-\(host).json"
    unlink(file)
    unlink(lab.logFile(of: role))
    try lab.start(
      role, in: host, Program(path: lab.binary, ["lab", "agent"] + arguments + ["--report", file]))
    return (role, file)
  }

  /// Waits until every connection and flow has been answered.
  func awaitAnswers() throws {
    let answered = try Waiting.until(within: .seconds(10), every: .milliseconds(50)) {
      for (role, _) in holds + streams where lab.process(role)?.isAlive != true {
        throw LabError.refused("\(role) ended:\n  \(TextFile.read(lab.logFile(of: role)) ?? "")")
      }
      return holds.allSatisfy { HoldReport.load($0.file)?.connections.allSatisfy { $0.answers > 0 } == true }
        && streams.allSatisfy {
          StreamReport.load($0.file)?.flows.allSatisfy { $0.contains { $0.server != nil } } == true
        }
    }
    guard answered else {
      let silent = holds.compactMap { HoldReport.load($0.file) }.flatMap(\.connections)
        .filter { $0.answers == 0 }
      throw LabError.refused(
        "the load does not begin: \(silent.count) connections without an answer "
          + "(\(silent.compactMap(\.broken).first ?? "no reason told"))")
    }
  }

  /// What is known now, a fifth of a second old at most, of the connections.
  var now: [HoldReport] { holds.compactMap { HoldReport.load($0.file) } }

  /// Ends it, when TCP has had the time to repeat what was lost (its pauses double). Reports come in the order in which the loads were begun.
  func end() throws -> (holds: [HoldReport], streams: [StreamReport]) {
    _ = try Waiting.until(within: .seconds(5), every: .milliseconds(100)) { now.allSatisfy(\.broken.isEmpty) }
    let running = (holds + streams).compactMap { lab.process($0.role) }
    for process in running { process.signal(SIGTERM) }
    guard try Waiting.until(within: .seconds(5), { !running.contains(where: \.isAlive) }) else {
      throw LabError.refused("the load does not end")
    }
    let reports = (holds.map { HoldReport.load($0.file) }, streams.map { StreamReport.load($0.file) })
    guard !reports.0.contains(where: { $0 == nil }), !reports.1.contains(where: { $0 == nil }) else {
      throw LabError.refused("the load leaves no report")
    }
    return (reports.0.compactMap { $0 }, reports.1.compactMap { $0 })
  }

  /// After an error: ends it, whatever it did.
  func abandon() {
    for (role, _) in holds + streams { lab.process(role)?.signal(SIGKILL) }
  }
}
