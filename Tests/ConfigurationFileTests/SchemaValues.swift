import SwitchModel
import Testing

@testable import ConfigurationFile

/// Values for one key: right, wrong, and of the right form but out of range.
struct SchemaValues: Sendable, CustomTestStringConvertible {
  var section: SchemaSection
  var key: SchemaKey
  var good: [String]
  var bad: [String]
  var outOfRange: [String] = []

  var testDescription: String { "\(section.id).\(key.name)" }

  static let all: [SchemaValues] = ConfigurationSchema.sections.dropFirst().flatMap { section in
    section.keys.map { key in
      let (good, bad, outOfRange) = values(of: key.value)
      let own = special["\(section.id).\(key.name)"]
      return SchemaValues(section: section, key: key, good: own ?? good, bad: bad, outOfRange: outOfRange)
    }
  }

  /// Where the general values do not fit into a whole file.
  private static let special: [String: [String]] = [
    "member.port": ["p1"], "router.port": ["p2"], "member.last-resort": ["false"],
    "load.measure": ["packets", "bytes", "new-flows"],
    "probe.kind": ["arp", "icmp", "link", "http", "https"],
    "probe.method": ["GET", "OPTIONS", "POST", "HEAD"],
    "switch.address": ["10.99.0.1/24", "\"fd99::1/64\""], "member.address": ["10.50.0.9", "\"fd50::9\""],
    "router.address": ["\"fd60::9\""], "probe.answer": ["10.0.0.1"],
    "cluster.address": ["10.50.0.1", "192.0.2.1"],
    "cluster.buckets": ["1", "256", "65536"], "cluster.mode": ["balanced", "availability"],
    "router-pool.load": ["off", "{}"],
    "switch.virtual-mac": ["\"02:f5:00:00:00:01\"", "\"0a-F5-00-00-00-01\""],
  ]

  private static func values(of value: SchemaValue) -> (good: [String], bad: [String], outOfRange: [String]) {
    switch value {
    case .name:
      (
        ["a", "A.b_c-9", "\"12\"", String(repeating: "x", count: 63)],
        ["-a", "a b", "[a]", "\"\"", String(repeating: "x", count: 64)], []
      )
    case .interface: (["p1"], ["a/b", "\"a b\"", String(repeating: "x", count: 16), "{}"], [])
    case .port: ([], ["[p1]", "{}", "~"], ["nowhere"])
    case .choice(let words): (words, ["no-such-word", "1", "[\(words[0])]", words[0].uppercased() + "X"], [])
    case .integer(let range):
      (
        ["\(range.lowerBound)", "\(range.upperBound)"],
        ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "\"\(range.lowerBound)\"", "1.5", "x"], []
      )
    case .powerOfTwo: ([], ["0", "3", "1000", "131072", "\"1024\"", "x"], [])
    case .boolean: (["true", "false"], ["yes", "1", "\"true\"", "off"], [])
    case .duration(let range):
      (
        [range.lowerBound.text, range.upperBound.text, "1.5s"].filter {
          Duration(text: $0).map(range.contains) == true
        },
        ["5", "1d", "s", "-1s", "1 s", "[1s]"],
        (range.lowerBound > .zero ? ["0s"] : []) + [(range.upperBound + .seconds(1)).text]
      )
    case .percentage(let range):
      (
        ["\(range.lowerBound)%", "\(range.upperBound)%"], ["\(range.upperBound + 1)%", "0%", "25", "1.5%"], []
      )
    case .vlan: (["1", "4094", "0", "untagged"], ["4095", "-1", "tagged", "\"5\""], [])
    case .mac:
      (
        ["\"02:00:00:00:00:aB\"", "\"02-00-00-00-00-01\""],
        ["\"02:00:00:00:00\"", "\"03:00:00:00:00:01\"", "\"02:00:00:00:00:0g\"", "x"], []
      )
    case .address:
      (["10.60.0.9"], ["10.60.0", "10.60.0.256", "host", "10.60.0.0/24", "01.2.3.4"], ["127.0.0.1"])
    case .linkLocal: (["\"fe80::1\"", "\"FEBF::2\""], ["10.0.0.1", "\"fd00::1\"", "\"fec0::1\""], [])
    case .interfaceAddress: ([], ["10.99.0.1", "x/24", "10.99.0.256/24"], ["10.99.0.0/24", "10.99.0.1/33"])
    case .clusterAddress:
      ([], ["10.50", "x", "10.50.0.0.0/24", "10.50.0.0/x"], ["10.50.0.1/24", "127.0.0.1"])
    case .service: ([], [], [])
    case .text(let range):
      (
        ["x", "220", "true", "\"a\\r\\n\"", "\"" + String(repeating: "x", count: range.upperBound) + "\""],
        ["\"\"", "[x]", "\"" + String(repeating: "x", count: range.upperBound + 1) + "\""],
        ["\"" + String(repeating: "é", count: range.upperBound / 2 + 1) + "\""]
      )
    case .requestPath: (["/", "\"/a?b=c&d=%20\""], ["a", "\"/a b\"", "\"/é\"", "\"\""], [])
    case .filePath: (["/etc/x"], ["etc/x", "\"\"", "[/a]"], [])
    case .host: (["www.example.net", "10.0.0.1", "\"[fd00::1]:80\""], ["\"a b\"", "\"a/b\"", "\"\""], [])
    case .domainName:
      (
        ["example.net", "\".\"", "_sip.example.net."], ["\"a b\"", "\"\""],
        ["a..b", String(repeating: "x", count: 64)]
      )
    case .recordType: (["A", "aaaa", "Soa", "SRV"], ["CNAME", "\"\"", "1"], [])
    case .responseCode: (["noerror", "NXDOMAIN", "0", "15", "\"3\""], ["16", "-1", "none"], [])
    case .status:
      (["200", "200-399", "[200, 300-310]", "\"404\""], ["99", "600", "20", "[]", "200-", "x"], ["399-200"])
    case .listenAddress:
      (
        ["\"127.0.0.1:8443\"", "\"[::1]:1\"", "\"127.9.9.9:65535\""],
        ["\"127.0.0.1\"", "\"127.0.0.1:0\"", "\"127.0.0.1:65536\"", "\"host:80\"", "\"::1:80\"", "80"],
        ["\"10.0.0.1:80\""]
      )
    case .group: (["flowswitch", "_a-1"], ["Adm", "1a", "\"\"", "\"a b\""], [])
    case .command:
      (
        ["[/bin/true]", "[/bin/x, 1, \"a b\", true]"], ["[]", "[true]", "/bin/true", "[x]", "[/bin/x, [y]]"],
        []
      )
    case .list(let item, _): lists(of: item)
    case .section: ([], ["1", "[]", "{unknown: 1}", "~"], [])
    case .either(let word, _): ([word], ["\(word)x", "[]", "{unknown: 1}", "~"], [])
    }
  }

  private static func lists(of item: SchemaValue) -> (good: [String], bad: [String], outOfRange: [String]) {
    guard case .service = item else { return ([], ["{}", "x", "[]", "[1]", "[{}]"], []) }
    return (
      ["[tcp/80, udp, esp, 47]", "[tcp/1, tcp/65535, 17/5]", "[254]"],
      ["[]", "tcp/80", "[tcp/0]", "[tcp/65536]", "[tpc/80]", "[esp/1]", "[0]", "[255]", "[tcp/]", "[47/80]"],
      ["[tcp, tcp/80]"]
    )
  }

  /// What must stand beside the key, so that nothing else is wrong.
  private var around: [(key: String, value: String)] {
    switch section.id {
    case "switch": [("name", "fs1")]
    case "port": [("name", "p1")]
    case "cluster": [("name", "c"), ("address", "10.50.0.1"), ("members", "[{name: m, port: p1}]")]
    case "member": [("name", "m"), ("port", "p1")]
    case "damping": [("flaps", "3"), ("window", "1m"), ("hold", "1m")]
    case "router-pool": [("name", "r"), ("members", "[{name: m, address: \"fd60::1\", port: p2}]")] + ofPool
    case "router": [("name", "m"), ("address", "\"fd60::1\""), ("port", "p2")]
    case "probe": probe
    case "api":
      switch key.name {
      case "certificate": [("listen", "\"127.0.0.1:80\""), ("key", "/k")]
      case "key": [("listen", "\"127.0.0.1:80\""), ("certificate", "/c")]
      case "tokens": [("listen", "\"127.0.0.1:80\"")]
      default: []
      }
    default: []
    }
  }

  private var ofPool: [(key: String, value: String)] { key.name == "load" ? [("choice", "load")] : [] }

  private var probe: [(key: String, value: String)] {
    let times =
      ["timeout", "jitter", "fast-interval"].contains(key.name)
      ? [("interval", "1h"), ("timeout", "1ms")] : []
    let kinds: [(String, [(String, String)])] = [
      ("icmp", []), ("tcp", [("port", "80")]), ("https", []), ("dns", [("query", "example.net")]),
      ("exec", [("command", "[/bin/true]")]),
    ]
    let kind = kinds.first { ProbeDraft.keys(of: ProbeKind(rawValue: $0.0) ?? .link).contains(key.name) }
    return [("kind", kind?.0 ?? "icmp")] + (kind?.1 ?? []) + times
  }

  /// The mapping that the value stands in.
  private func mapping(_ value: String) -> String {
    var keys = around
    if key.name == "load", section.id == "router-pool", value == "off" {
      keys.removeAll { $0.key == "choice" }
    }
    keys.removeAll { $0.key == key.name }
    keys.append((key.name, value))
    return "{" + keys.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
  }

  /// A whole file, right in all but this value.
  func document(_ value: String) -> String {
    let it = mapping(value)
    let head =
      "switch: \(section.id == "switch" ? it : "{name: fs1}")\nports: [\(section.id == "port" ? it : "{name: p1}"), {name: p2}]\n"
    func cluster(_ keys: String) -> String {
      "clusters: [{name: c, address: 10.50.0.1, members: [{name: m, port: p1}], \(keys)}]\n"
    }
    func pool(_ router: String) -> String { "router-pools: [{name: r, members: [\(router)]}]\n" }
    switch section.id {
    case "cluster": return head + "clusters: [\(it)]\n"
    case "member": return head + "clusters: [{name: c, address: 10.50.0.1, members: [\(it)]}]\n"
    case "load": return head + cluster("load: \(it)")
    case "probe": return head + cluster("probe: \(it)")
    case "damping": return head + cluster("probe: {kind: icmp, damping: \(it)}")
    case "router-pool": return head + "router-pools: [\(it)]\n"
    case "router": return head + pool(it)
    case "api": return head + "api: \(it)\n"
    default: return head
    }
  }

  /// What a fault's path contains.
  var path: String {
    switch section.id {
    case "switch": "switch"
    case "port": "ports[0]"
    case "cluster": "clusters[0]"
    case "member": "clusters[0].members[0]"
    case "load": "clusters[0].load"
    case "probe": "clusters[0].probe"
    case "damping": "clusters[0].probe.damping"
    case "router-pool": "router-pools[0]"
    case "api": "api"
    default: "router-pools[0].members[0]"
    }
  }
}
