import FoundationEssentials
import Glibc
import SwitchModel
import Wire

/// The switch under test: its configuration, its daemon, and what it says of itself.
extension LabNetwork {
  func startDaemon() throws {
    let file = LabConfiguration(name: name, datapath: datapath, layout: layout)
    try TextFile.write(configuration, file.text)
    if layout == .all { try KernelState(of: .sw, in: self).save(to: foundFile) }
    try startDaemonProcess(within: .seconds(60))
  }

  /// Starts `flowswitch run`.
  @discardableResult
  func launchDaemon() throws -> ProcessIdentity {
    let program = Program(
      path: binary,
      [
        "run", "--config", configuration, "--socket", socket, "--state-folder",
        "\(directory)/configurations",
      ])
    return try start("daemon", in: .sw, program)
  }

  /// Starts `flowswitch run` and waits until it answers.
  package func startDaemonProcess(within limit: Duration = .seconds(20)) throws {
    let daemon = try launchDaemon()
    let answered = try Waiting.until(within: limit, every: .milliseconds(50)) {
      guard daemon.isAlive else {
        throw LabError.refused("the daemon ended at once:\n\(daemonSaid)")
      }
      return (try? version()) != nil
    }
    guard answered else {
      throw LabError(
        .silent, "the daemon does not answer on \(socket) after \(limit.components.seconds) s:\n\(daemonSaid)"
      )
    }
  }

  /// Waits until every member, of every cluster, can serve.
  func awaitMembers(within limit: Duration = .seconds(30)) throws {
    let good = ["operational", "primary", "secondary-operational"]
    var last: [MemberRow] = []
    let found = try Waiting.until(within: limit, every: .milliseconds(100)) {
      guard let daemon = process("daemon"), daemon.isAlive else {
        throw LabError.refused("the daemon ended:\n\(daemonSaid)")
      }
      last = try members()
      return !last.isEmpty && last.allSatisfy { good.contains($0.state) }
    }
    guard found else {
      let waiting = last.filter { !good.contains($0.state) }.map { "\($0.cluster)/\($0.name) \($0.state)" }
      throw LabError.refused(
        "not every member is operational after \(limit.components.seconds) s: \(waiting.joined(separator: ", "))\n\(daemonSaid)"
      )
    }
  }

  /// The last lines of the daemon's log.
  var daemonSaid: String {
    let lines = (TextFile.read(daemonLog) ?? "").split(whereSeparator: \.isNewline).suffix(15)
    return lines.map { "  \($0)" }.joined(separator: "\n")
  }

  // MARK: What the switch says

  package func version() throws -> VersionRow {
    try rows("version", as: VersionRow.self).first.orThrow("version")
  }
  package func clusters() throws -> [ClusterRow] { try rows("clusters", as: ClusterRow.self) }
  package func members() throws -> [MemberRow] { try rows("members", as: MemberRow.self) }
  package func ports() throws -> [PortRow] { try rows("ports", as: PortRow.self) }
  package func buckets() throws -> [BucketRow] { try rows("buckets", as: BucketRow.self) }
  package func routers() throws -> [RouterRow] { try rows("routers", as: RouterRow.self) }
  package func probes() throws -> [ProbeRow] { try rows("probes", as: ProbeRow.self) }
  package func drops() throws -> [DropRow] { try rows("drops", as: DropRow.self) }
  package func events() throws -> [EventRow] { try rows("events", as: EventRow.self) }

  /// A command of the operator's, like `drain live/s1`.
  @discardableResult
  package func order(_ arguments: String...) throws -> String {
    try Program(path: binary, arguments + ["--socket", socket]).succeed(within: .seconds(20)).text
  }

  /// The MAC of the switch's own interface.
  func switchMAC() throws -> MACAddress {
    let text = try succeed(in: .sw, "ip", ["-brief", "link", "show", "dev", "fs-\(name)"]).text
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count > 2, let mac = MACAddress(String(words[2])) else {
      throw LabError.refused("the switch has no interface fs-\(name)")
    }
    return mac
  }

  /// `flowswitch show WHAT`, as a person would see it.
  package func show(_ words: [String]) throws -> String {
    try Program(path: binary, ["show"] + words + ["--socket", socket]).succeed(within: .seconds(10)).text
  }

  private func rows<Row: Decodable>(_ what: String, as row: Row.Type) throws -> [Row] {
    let result = try Program(path: binary, ["show", what, "--json", "--socket", socket])
      .succeed(within: .seconds(10))
    let data = Data(result.output)
    // `version` may come as one object.
    if let rows = try? JSONDecoder().decode([Row].self, from: data) { return rows }
    do {
      return [try JSONDecoder().decode(Row.self, from: data)]
    } catch {
      throw LabError.refused("show \(what) --json is not what the contract says: \(error)")
    }
  }
}

extension Optional {
  fileprivate func orThrow(_ what: String) throws -> Wrapped {
    guard let self else { throw LabError.refused("show \(what) --json is empty") }
    return self
  }
}
