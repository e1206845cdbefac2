import Glibc
import SwitchModel

/// What the switch holds of this machine, by name: to be the same again after every round, within a band.
struct SoakUsage: Sendable {
  private(set) var counts: [String: Int] = [:]

  /// - Throws: when the daemon is not there.
  init(_ lab: LabNetwork) throws {
    guard let daemon = lab.process("daemon"), daemon.isAlive else {
      throw LabError.refused("the daemon has ended:\n\(lab.daemonSaid)")
    }
    try self.init(daemon: daemon.pid, of: lab.name, namespace: lab.namespace(of: .sw))
  }

  /// - Parameters:
  ///   - name: the switch's.
  ///   - namespace: where its ports are.
  init(daemon: Int32, of name: String, namespace: String) throws {
    let process = "/proc/\(daemon)"
    counts["memory, MB"] = Self.residentKilobytes(process) >> 10
    counts["descriptors"] = TextFile.names(in: "\(process)/fd").count
    counts["threads"] = TextFile.names(in: "\(process)/task").count
    let descriptors = TextFile.names(in: "\(process)/fdinfo").compactMap {
      TextFile.read("\(process)/fdinfo/\($0)")
    }
    counts["maps"] = Self.identities("map_id:", descriptors).count
    counts["programs"] = Self.identities("prog_id:", descriptors).count
    counts["pins"] = TextFile.names(in: "\(LabNetwork.pinDirectory)/\(name)").count
    counts["files"] = TextFile.names(in: "/run/flowswitch").filter { $0.hasPrefix("\(name).") }.count
    for (what, words) in [
      ("routes", ["route", "show", "table", "all"]),
      ("IPv6 routes", ["-6", "route", "show", "table", "all"]),
      ("rules", ["rule", "show"]), ("IPv6 rules", ["-6", "rule", "show"]),
      ("neighbours", ["neigh", "show", "nud", "all"]), ("links", ["-o", "link", "show"]),
      ("addresses", ["-o", "addr", "show"]),
    ] {
      counts[what] = try Program("ip", ["-n", namespace] + words).succeed().lines.count
    }
  }

  init(counts: [String: Int]) { self.counts = counts }

  static func residentKilobytes(_ process: String) -> Int {
    let lines = (TextFile.read("\(process)/status") ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }
      ?? 0
  }

  private static func identities(_ field: String, _ descriptors: [String]) -> Set<Substring> {
    Set(
      descriptors.flatMap { text in
        text.split(separator: "\n").filter { $0.hasPrefix(field) }
      })
  }

  /// What is outside its band, in words; none: all is as at the beginning.
  func leaks(since first: SoakUsage) -> [String] {
    first.counts.sorted { $0.key < $1.key }.compactMap { name, before in
      let now = counts[name] ?? 0
      return Self.band(name, before).contains(now) ? nil : "\(name): \(before) at first, \(now) now"
    }
  }

  /// Memory has room for what an allocator keeps, descriptors for probes and requests under way, neighbours for those
  /// that the switch asked for lately, maps for those of constants, which a daemon that adopts a program does not open. All
  /// else is what the configuration makes of it.
  static func band(_ name: String, _ first: Int) -> ClosedRange<Int> {
    switch name {
    case "memory, MB": 0...(first + first / 2 + 32)
    case "descriptors": 0...(first + 16)
    case "threads": 0...(first + 16)
    case "maps": max(0, first - 3)...(first + 3)
    case "neighbours": max(0, first - 8)...(first + 8)
    default: first...first
    }
  }

  var text: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
