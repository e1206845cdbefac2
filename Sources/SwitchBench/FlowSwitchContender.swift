import CSwitchBench
import Foundation

/// This project's switch as it is used: the daemon, with a configuration.
final class FlowSwitchContender: Contender {
  enum Path: String, CaseIterable {
    /// By the cluster's shared address.
    case cluster = ""
    /// To a station, as an Ethernet switch.
    case plain
    /// By the shared address, while every bucket moves from two members to the two others: connections that began before.
    case transition
    /// By the address of one of 10,000 clusters.
    case amongMany = "among-many"
    /// By the addresses of 10,000 clusters in turns: nothing of theirs stays in a processor's caches.
    case many

    var title: String {
      switch self {
      case .cluster: ""
      case .plain: ", plain switching"
      case .transition: ", all in transition"
      case .amongMany: ", one of 10,000 clusters"
      case .many: ", 10,000 clusters in turns"
      }
    }
  }

  let key: String
  let title: String
  let shape: BedShape
  private let datapath: String
  private let binary: String
  private let path: Path
  private var daemon: Background?
  private var name: String?
  var reaches: Int { path == .plain ? 1 : path == .transition ? 2 : MAC.members.count }
  var targets: Int { path == .many ? clusters : 1 }
  private var clusters: Int { path == .many || path == .amongMany ? Int(BENCH_CLUSTERS) : 1 }

  /// - Parameter isOther: another build, to be held against the first.
  init(_ datapath: String, _ path: Path = .cluster, binary: String, isOther: Bool = false) {
    self.datapath = datapath
    self.binary = binary
    self.path = path
    key = "flowswitch-\(datapath)" + (path == .cluster ? "" : "-\(path.rawValue)") + (isOther ? "-other" : "")
    title = "FlowSwitch \(datapath)\(path.title)" + (isOther ? ", other build" : "")
    shape = BedShape(
      target: path == .plain ? .member(0) : .shared,
      needsChecksums: datapath != "tc",
      needsSegments: ["xdp-generic", "pcap"].contains(datapath), isInKernel: datapath != "pcap")
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
    try daemon.wait("members", seconds: 60) {
      let rows = try show("members", socket)
      return rows.count == MAC.members.count * clusters
        && rows.allSatisfy { $0["state"] as? String == "operational" }
    }
    if path == .transition { try move(daemon, socket, bed) }
  }

  /// From all members to the first two, and from these to the others.
  private func move(_ daemon: Background, _ socket: String, _ bed: Bed) throws {
    // A bucket that nobody used moves without a transition.
    func use() throws {
      let load = Load(frame: BenchFrame(length: 64, to: shape.target), flows: 100_000, rate: 200_000)
      _ = try Meter(bed).count(load, frames: 200_000)
    }
    try use()
    func order(_ word: String, _ members: Int...) throws {
      for member in members { try Command([binary, word, "web/s\(member)", "--socket", socket]).run() }
    }
    try order("disable", 3, 4)
    try use()
    try order("enable", 3, 4)
    try order("drain", 1, 2)
    try daemon.wait("buckets in transition") {
      try show("buckets", socket).allSatisfy { row in
        ["transit", "withdrawn"].contains(row["state"] as? String)
          && ["s3", "s4"].contains(row["member"] as? String)
      }
    }
  }

  private func show(_ what: String, _ socket: String) throws -> [[String: Any]] {
    let text = try Command([binary, "show", what, "--json", "--socket", socket]).run()
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
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
    // A server has not ten thousand addresses by which to be found.
    let members = MAC.members.enumerated().map { number, mac in
      "      - {name: s\(number + 1), port: p\(number + 1)\(clusters > 1 ? ", mac: \"\(mac)\"" : "")}"
    }
    let sections = (0..<clusters).map { number in
      """
        - name: \(number == 0 ? "web" : "c\(number)")
          address: 10.66.\((number + 100) >> 8).\((number + 100) & 0xff)
          load: off
          buckets: \(clusters > 1 ? 16 : 1024)
          members:
      \(members.joined(separator: "\n"))
      """
    }
    return """
      switch:
        name: \(name)
        datapath: \(datapath)
        virtual-mac: "\(MAC.shared)"
        address: \(clusters > 1 ? "10.66.255.250/16" : "10.66.0.250/24")
        settle-time: \(path == .transition ? "24h" : "5m")
        observe-time: 0s
      ports:
        - {name: p0, role: router}
      \(servers.joined(separator: "\n"))
      clusters:
      \(sections.joined(separator: "\n"))

      """
  }
}
