import Glibc

/// What the hosts of a lab lost themselves, as their kernels count it: rings of cables and sockets that overflow on a busy
/// machine. What the switch drops is not among it.
struct HostLosses: Sendable {
  /// By host and what counts it, like `s1 eth0`.
  private(set) var counts: [String: UInt64] = [:]

  init(counts: [String: UInt64]) { self.counts = counts }

  init(_ lab: LabNetwork) throws {
    for host in lab.layout.hosts {
      // Both kinds of losses of a cable between two namespaces count as the sender's.
      let files = ["/proc/net/dev", "/proc/net/snmp", "/proc/net/snmp6"]
      let result = try lab.run(in: host, "cat", files)
      add(host.name, result.lines)
    }
    // Of the machine: frames for interfaces that do not poll.
    let backlog = (TextFile.read("/proc/net/softnet_stat") ?? "").split(separator: "\n")
    counts["backlog"] = backlog.map { line in
      line.split(separator: " ").dropFirst().first.flatMap { UInt64($0, radix: 16) } ?? 0
    }.reduce(0, +)
  }

  /// Lines of /proc/net/dev, snmp and snmp6.
  mutating func add(_ host: String, _ lines: [String]) {
    var names: [Substring] = []
    for line in lines {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let head = words.first else { continue }
      // "Udp: InDatagrams NoPorts …", and below it the figures.
      if head == "Udp:" || head == "Ip:" {
        if words.count > 1, UInt64(words[1]) == nil {
          names = words
        } else {
          for (name, figure) in zip(names, words) where Self.isLoss(name) {
            counts["\(host) \(head)\(name)"] = UInt64(figure)
          }
        }
      } else if words.count == 2, head.hasPrefix("Udp6") || head.hasPrefix("Ip6") {
        let name = head.drop { $0 != "6" }.dropFirst()
        if Self.isLoss(name) { counts["\(host) \(head)"] = UInt64(words[1]) }
      } else if line.contains(":"), words.count >= 16 {
        // Interface, eight figures of what came in, eight of what went out; the fourth of these is what was dropped.
        let fields = line.split { $0 == ":" || $0.isWhitespace }
        if fields.count == 17 { counts["\(host) \(fields[0])"] = UInt64(fields[12]) }
      }
    }
  }

  private static func isLoss(_ name: Substring) -> Bool {
    ["RcvbufErrors", "SndbufErrors", "MemErrors", "InDiscards", "OutDiscards"].contains(name)
  }

  /// What was lost since `before`, but not by these hosts and at their cables: who is made to fail loses much.
  func since(_ before: HostLosses, without failed: Set<LabHost>) -> Int {
    var sum: UInt64 = 0
    for (key, count) in counts {
      let words = key.split(separator: " ")
      if failed.contains(where: { host in words.contains { $0 == host.name || $0 == host.switchPort } }) {
        continue
      }
      let former = before.counts[key] ?? 0
      // A host that is new counts from nothing.
      sum += count >= former ? count - former : count
    }
    return Int(clamping: sum)
  }
}
