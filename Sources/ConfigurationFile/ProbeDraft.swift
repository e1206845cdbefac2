import SwitchModel

/// `probe:` of a cluster or of a router pool as it was read.
struct ProbeDraft {
  var path: String
  var position: SourcePosition
  var kind: Field<ProbeKind>?
  var isNone = false
  /// Nil: `none`, or it could not be read.
  var configuration: ProbeConfiguration?

  init(_ item: Item) {
    path = item.path
    position = item.position
    if case .scalar("none", _) = item.node.content {
      isNone = true
      return
    }
    guard case .mapping = item.node.content else {
      item.wrongType("a mapping with the keys \(ProbeDraft.keys.joined(separator: ", ")), or none")
      return
    }
    guard let section = Section(item, keys: ProbeDraft.keys),
      let kind = section.required("kind", oneOf(ProbeKind.allCases.map(\.rawValue)))?.choice(ProbeKind.self)
    else { return }
    self.kind = kind
    ProbeDraft.checkKeys(section, of: kind.value)
    configuration = ProbeConfiguration(section, kind: kind.value)
  }

  /// ARP knows IPv4 only, Neighbor Discovery IPv6 only (RFC 826, RFC 4861).
  func checkFamily(isIPv6: Bool, _ report: Report) {
    guard let kind else { return }
    switch kind.value {
    case .arp where isIPv6, .nd where !isIPv6:
      report.error(
        "\(kind.value.rawValue) does not go with an \(isIPv6 ? "IPv6" : "IPv4") address", at: kind.position,
        path: kind.path, expected: isIPv6 ? "nd" : "arp")
    default: break
    }
  }
}

extension ProbeDraft {
  static let dampingKeys = ["flaps", "window", "hold"]
  private static let ownKeys = [
    "port", "send", "expect", "query", "type", "rcode", "answer", "method", "path", "host", "status", "body",
    "tls-name", "tls-ca", "tls-verify", "command",
  ]
  private static let timeKeys = ["interval", "timeout", "fall", "rise", "jitter", "fast-interval", "damping"]
  static let keys = ["kind"] + timeKeys + ownKeys

  static func keys(of kind: ProbeKind) -> [String] {
    let http = ["port", "method", "path", "host", "status", "body"]
    switch kind {
    // A carrier acts at once: there is nothing to wait for or to count.
    case .link: return ["kind", "damping"]
    case .arp, .nd, .icmp: return ["kind"] + timeKeys
    case .tcp, .udp: return ["kind", "port", "send", "expect"] + timeKeys
    case .dns: return ["kind", "port", "query", "type", "rcode", "answer"] + timeKeys
    case .http: return ["kind"] + http + timeKeys
    case .https: return ["kind"] + http + ["tls-name", "tls-ca", "tls-verify"] + timeKeys
    case .exec: return ["kind", "command"] + timeKeys
    }
  }

  private static func checkKeys(_ section: Section, of kind: ProbeKind) {
    let allowed = keys(of: kind)
    for key in keys where !allowed.contains(key) && section[key] != nil {
      section.report.error(
        "a probe of kind \(kind.rawValue) has no \(key)", at: section.position(ofKey: key),
        path: "\(section.path).\(key)", expected: "one of \(allowed.joined(separator: ", "))")
    }
  }
}
