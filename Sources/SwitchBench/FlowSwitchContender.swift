import Foundation

/// This project's switch as it is used: the daemon, with a configuration.
final class FlowSwitchContender: Contender {
  enum Path {
    /// By the cluster's shared address.
    case cluster
    /// To a station, as an Ethernet switch.
    case plain
  }

  let key: String
  let title: String
  let shape: BedShape
  private let datapath: String
  private let binary: String
  private let path: Path
  private var daemon: Background?
  private var name: String?
  var balances: Bool { path == .cluster }

  init(_ datapath: String, _ path: Path = .cluster, binary: String) {
    self.datapath = datapath
    self.binary = binary
    self.path = path
    key = path == .plain ? "flowswitch-\(datapath)-plain" : "flowswitch-\(datapath)"
    title = path == .plain ? "FlowSwitch \(datapath), plain switching" : "FlowSwitch \(datapath)"
    shape = BedShape(
      target: path == .plain ? .member(0) : .shared,
      needsChecksums: datapath != "tc",
      needsSegments: ["xdp-generic", "pcap"].contains(datapath))
  }

  func start(on bed: Bed, programs: Programs) throws {
    guard Command.find(binary) != nil else { throw BenchError("no executable at \(binary)") }
    name = bed.name
    let file = "\(bed.folder)/switch.yaml"
    try configuration(bed.name).write(toFile: file, atomically: false, encoding: .utf8)
    let command = try Command(
      [binary, "run", "--config", file, "--state-folder", "\(bed.folder)/state"], in: bed.network)
    let daemon = try Background(command, log: "\(bed.folder)/switch.log")
    self.daemon = daemon
    let socket = "/run/flowswitch/\(bed.name).sock"
    try daemon.wait("flowswitch") { daemon.said.contains("ready; control socket") }
    try daemon.wait("members") {
      let text = try Command([binary, "show", "members", "--json", "--socket", socket]).run()
      let rows = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
      return rows.count == MAC.members.count && rows.allSatisfy { $0["state"] as? String == "operational" }
    }
  }

  func stop() {
    daemon?.end()
    daemon = nil
    // Locks and events of a switch stay for the next one of its name, which there will not be.
    if let name { Leftovers.removeState(of: name) }
  }

  /// Nothing moves while it is measured.
  private func configuration(_ name: String) -> String {
    let servers = MAC.members.indices.map { "  - {name: p\($0 + 1), role: server}" }
    let members = MAC.members.indices.map { "      - {name: s\($0 + 1), port: p\($0 + 1)}" }
    return """
      switch:
        name: \(name)
        datapath: \(datapath)
        virtual-mac: "\(MAC.shared)"
        address: 10.66.0.250/24
      ports:
        - {name: p0, role: router}
      \(servers.joined(separator: "\n"))
      clusters:
        - name: web
          address: \(Bed.address)
          load: off
          members:
      \(members.joined(separator: "\n"))

      """
  }
}
