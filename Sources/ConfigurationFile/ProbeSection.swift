import SwitchModel

extension ProbeConfiguration {
  private static let commonKeys = ["kind", "interval", "timeout", "fall", "rise"]

  /// The keys that only this kind has.
  private static func keys(of kind: ProbeKind) -> [String] {
    switch kind {
    case .arp, .nd, .icmp, .link: []
    case .tcp, .udp: ["port"]
    case .dns: ["port", "query"]
    case .http, .https: ["port", "path", "host"]
    case .exec: ["command"]
    }
  }

  private static func defaultPort(of kind: ProbeKind) -> UInt16? {
    switch kind {
    case .http: 80
    case .https: 443
    case .dns: 53
    default: nil
    }
  }

  /// Reads `probe:`. Reports what is wrong with it, and that nothing probes yet.
  init?(_ item: Item, keyPosition: SourcePosition) {
    let allKeys = ProbeConfiguration.commonKeys + ["port", "path", "host", "query", "command"]
    guard let section = Section(item, keys: allKeys) else { return nil }
    guard
      let kind = section.required("kind", oneOf(ProbeKind.allCases.map(\.rawValue)))?.choice(ProbeKind.self)
    else { return nil }
    self.init(kind: kind.value)
    let ownKeys = ProbeConfiguration.keys(of: kind.value)
    for key in allKeys where !ProbeConfiguration.commonKeys.contains(key) && !ownKeys.contains(key) {
      guard section[key] != nil else { continue }
      item.report.error(
        "a probe of kind \(kind.value.rawValue) has no \(key)", at: section.position(ofKey: key),
        path: "\(item.path).\(key)", expected: oneOf(ProbeConfiguration.commonKeys + ownKeys))
    }
    readOwnKeys(section)
    readTimes(section)
    item.report.warning(
      "accepted, but this version does not probe yet", at: keyPosition, path: item.path)
  }

  private mutating func readOwnKeys(_ section: Section) {
    switch kind {
    case .arp, .nd, .icmp, .link: break
    case .tcp, .udp:
      port = section.required("port", "a port from 1 to 65535")?.port()
    case .dns:
      port = section["port"]?.port() ?? ProbeConfiguration.defaultPort(of: kind)
      query = section["query"]?.text("a domain name")?.value
    case .http, .https:
      port = section["port"]?.port() ?? ProbeConfiguration.defaultPort(of: kind)
      path = section["path"].map { $0.requestPath() ?? "/" } ?? "/"
      host = section["host"]?.text("a host name")?.value
    case .exec:
      command = section.required("command", "a list: the program and its arguments")?.command() ?? []
    }
  }

  private mutating func readTimes(_ section: Section) {
    let interval = section["interval"]?.duration(.milliseconds(10)...(.seconds(3600)))
    let timeout = section["timeout"]?.duration(.milliseconds(1)...(.seconds(3600)))
    self.interval = interval?.value ?? self.interval
    // Where only the interval is given, the usual timeout gives way to it.
    self.timeout = timeout?.value ?? min(self.timeout, self.interval)
    if let timeout, timeout.value > self.interval {
      section["timeout"]?.error(
        "\(timeout.value.text) is longer than the interval of \(self.interval.text)",
        expected: "at most \(self.interval.text)")
    }
    fall = section["fall"]?.integer(1...100)?.value ?? fall
    rise = section["rise"]?.integer(1...100)?.value ?? rise
  }
}

extension Item {
  fileprivate func port() -> UInt16? { integer(1...65535).map { UInt16($0.value) } }

  fileprivate func requestPath() -> String? {
    guard let text = text("a path like /health") else { return nil }
    guard text.value.hasPrefix("/"), text.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      error("\(quoted(text.value)) is not a path", expected: "a path like /health, without white space")
      return nil
    }
    return text.value
  }

  fileprivate func command() -> [String]? {
    let expected = "a list: the absolute path of a program, and its arguments"
    guard let items = list(expected) else { return nil }
    let words = items.compactMap { $0.text("a text")?.value }
    guard words.count == items.count else { return nil }
    guard let program = words.first, program.hasPrefix("/") else {
      error(
        words.first.map { "\(quoted($0)) is not an absolute path" } ?? "the list is empty", expected: expected
      )
      return nil
    }
    return words
  }
}
