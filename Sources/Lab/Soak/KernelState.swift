import FoundationEssentials

/// What a network namespace is like, as far as a switch could change it: by topic, lines that can be compared. What the
/// kernel makes of itself (routes and addresses of a link) and what passes (neighbours, states of links) is not in it.
struct KernelState: Codable, Hashable, Sendable {
  var topics: [String: Set<String>] = [:]

  init(topics: [String: Set<String>]) { self.topics = topics }

  init(of host: LabHost, in lab: LabNetwork) throws {
    func lines(_ program: String, _ words: String...) throws -> [String] {
      try lab.run(in: host, program, words).lines
    }
    topics["rules"] = Set(try lines("ip", "rule", "show") + lines("ip", "-6", "rule", "show"))
    topics["routes"] = Self.routes(
      try lines("ip", "route", "show", "table", "all") + lines("ip", "-6", "route", "show", "table", "all"))
    topics["links"] = Self.links(try lines("ip", "-d", "-o", "link", "show"))
    topics["addresses"] = Self.addresses(try lines("ip", "-o", "addr", "show"))
    topics["filters"] = Set(try lines("nft", "list", "ruleset"))
    topics["queues"] = Self.queues(try lines("tc", "qdisc", "show"))
    topics["settings"] = Set(
      try lines(
        "sh", "-c",
        "sysctl -a -r '^net.ipv[46].(conf|neigh).(sw-|all|default)|ip_forward' 2>/dev/null || true"))
    topics["offloads"] = Set(
      try lines(
        "sh", "-c",
        "for i in $(ls /proc/sys/net/ipv4/conf | grep ^sw-); do ethtool -k $i | grep -v fixed | sed \"s/^/$i /\"; done"
      ))
  }

  /// Without those that come and go with a link and its addresses.
  static func routes(_ lines: [String]) -> Set<String> {
    Set(lines.filter { !$0.contains("proto kernel") }.map { $0.replacing(" linkdown", with: "") })
  }

  /// Name, queueing, size, whether all frames are taken, and programs.
  static func links(_ lines: [String]) -> Set<String> {
    Set(
      lines.map { line in
        let words = line.split(whereSeparator: \.isWhitespace)
        let name = words.dropFirst().first.map { $0.prefix { $0 != "@" && $0 != ":" } } ?? ""
        let facts = ["qdisc", "mtu", "promiscuity", "allmulti", "master"].compactMap { key in
          words.firstIndex { $0 == key }.flatMap { at in
            words.indices.contains(at + 1) ? "\(key) \(words[at + 1])" : nil
          }
        }
        let programs = words.contains { $0.hasPrefix("xdp") } ? ["xdp"] : []
        return ([String(name)] + facts + programs).joined(separator: " ")
      })
  }

  /// Without link-local ones, which come and go with a link.
  static func addresses(_ lines: [String]) -> Set<String> {
    Set(
      lines.compactMap { line in
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.count > 3 && !words[3].hasPrefix("fe80:") ? "\(words[1]) \(words[3])" : nil
      })
  }

  /// `qdisc clsact ffff: dev sw-r1 parent ffff:fff1` less its numbers.
  static func queues(_ lines: [String]) -> Set<String> {
    Set(
      lines.map { line in
        let words = line.split(separator: " ")
        let device = words.firstIndex(of: "dev").flatMap { at in
          words.indices.contains(at + 1) ? words[at + 1] : nil
        }
        return "\(words.dropFirst().first ?? "") \(device ?? "")"
      })
  }

  /// What is there now and was not, or was and is not any more.
  func differences(from former: KernelState) -> [String] {
    topics.keys.sorted().flatMap { topic in
      let now = topics[topic] ?? []
      let before = former.topics[topic] ?? []
      return now.subtracting(before).sorted().map { "\(topic): \($0)" }
        + before.subtracting(now).sorted().map { "\(topic): no more \($0)" }
    }
  }

  func save(to path: String) throws { try TextFile.replace(path, Array(JSONEncoder().encode(self))) }

  static func load(_ path: String) -> KernelState? {
    TextFile.readBytes(path).flatMap { try? JSONDecoder().decode(KernelState.self, from: Data($0)) }
  }
}
