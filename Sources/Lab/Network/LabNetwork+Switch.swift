import FoundationEssentials
import Glibc
import SwitchModel

/// The switch under test: its configuration, its daemon, and what it says of itself.
extension LabNetwork {
  func startDaemon() throws {
    try TextFile.write(configuration, configurationText)
    try startDaemonProcess()
  }

  /// Starts `flowswitch run` and waits until it answers.
  package func startDaemonProcess() throws {
    let program = Program(path: binary, ["run", "--config", configuration, "--socket", socket])
    let daemon = try start("daemon", in: .sw, program)
    let answered = try Waiting.until(within: .seconds(20), every: .milliseconds(50)) {
      guard daemon.isAlive else {
        throw LabError.refused("the daemon ended at once:\n\(daemonSaid)")
      }
      return (try? version()) != nil
    }
    guard answered else {
      throw LabError(.silent, "the daemon does not answer on \(socket) after 20 s:\n\(daemonSaid)")
    }
  }

  func awaitMembers() throws {
    var last: [MemberRow] = []
    let found = try Waiting.until(within: .seconds(30), every: .milliseconds(100)) {
      guard let daemon = process("daemon"), daemon.isAlive else {
        throw LabError.refused("the daemon ended:\n\(daemonSaid)")
      }
      last = try members()
      return !last.isEmpty && last.allSatisfy { $0.state == "operational" }
    }
    guard found else {
      let waiting = last.filter { $0.state != "operational" }.map { "\($0.cluster)/\($0.name) \($0.state)" }
      throw LabError.refused(
        "not every member is operational after 30 s: \(waiting.joined(separator: ", "))\n\(daemonSaid)")
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

  /// `flowswitch show WHAT`, as a person would see it.
  package func show(_ what: String) throws -> String {
    try Program(path: binary, ["show", what, "--socket", socket]).succeed(within: .seconds(10)).text
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

  // MARK: Configuration

  var configurationText: String {
    var text = "switch:\n  name: \(name)\n  datapath: \(datapath.rawValue)\nports:\n"
    for host in LabHost.lan {
      let role = LabHost.routers.contains(host) ? "router" : LabHost.servers.contains(host) ? "server" : "any"
      text += "  - {name: \(host.switchPort), role: \(role)}\n"
    }
    text += "clusters:\n"
    let clusters = [
      ("web", LabAddress.web[0], "flow"), ("web6", LabAddress.web[1], "flow"),
      ("bulk", LabAddress.bulk[0], "source"), ("bulk6", LabAddress.bulk[1], "source"),
    ]
    for (cluster, address, hash) in clusters {
      text +=
        "  - name: \(cluster)\n    address: \"\(address)\"\n    mode: balanced\n    hash: \(hash)\n    members:\n"
      for server in LabHost.plainServers { text += "      - {name: \(server), port: \(server.switchPort)}\n" }
      let own = LabHost.s4.addresses[LabAddress.isIPv6(address) ? 1 : 0]
      text += "      - {name: s4, port: sw-s4, address: \"\(own)\"}\n"
    }
    return text
  }
}

extension Optional {
  fileprivate func orThrow(_ what: String) throws -> Wrapped {
    guard let self else { throw LabError.refused("show \(what) --json is empty") }
    return self
  }
}
