import SwitchModel
import Wire

extension ProbeConfiguration {
  /// Reads the keys that a probe of this kind has; others are at fault already.
  init(_ section: Section, kind: ProbeKind) {
    self.init(kind: kind)
    switch kind {
    case .arp, .nd, .icmp, .link: break
    case .tcp, .udp: readStream(section)
    case .dns: readDNS(section)
    case .http, .https:
      readHTTP(section)
      if kind == .https { readTLS(section) }
    case .exec:
      let expected = "a list: the program and its arguments"
      command = section.required("command", expected)?.command() ?? []
    }
    guard kind != .link else {
      damping = section["damping"]?.damping()
      return
    }
    readTimes(section)
  }

  private mutating func readStream(_ section: Section) {
    port = section.required("port", "a port from 1 to 65535")?.port()
    // Nothing answers what was never asked: without a question UDP says only that nobody refuses.
    let send = kind == .udp ? section.required("send", "a text to send") : section["send"]
    self.send = send?.payload() ?? []
    expect = section["expect"]?.payload() ?? []
  }

  private mutating func readDNS(_ section: Section) {
    port = section["port"]?.port() ?? 53
    query = section.required("query", "a domain name")?.domainName()
    queryType = section["type"]?.recordType() ?? queryType
    responseCode = section["rcode"]?.responseCode() ?? responseCode
    guard let item = section["answer"], let address = item.address()?.value else { return }
    answer = address
    let wanted = address.isIPv6 ? "AAAA" : "A"
    if queryType != wanted {
      item.error(
        "\(address) is never among records of type \(queryType)",
        expected: "type: \(wanted), or no key answer")
    } else if responseCode != 0 {
      item.error("an answer is expected together with an error", expected: "rcode: noerror, or no key answer")
    }
  }

  private mutating func readHTTP(_ section: Section) {
    port = section["port"]?.port() ?? (kind == .https ? 443 : 80)
    method = section["method"]?.choice(ProbeMethod.self)?.value.rawValue ?? method
    path = section["path"].map { $0.requestPath() ?? "/" } ?? "/"
    host = section["host"]?.host()
    if let list = section["status"]?.statuses() { statuses = list }
    guard let item = section["body"] else { return }
    body = item.payload(of: 1...4096).map { String(decoding: $0, as: UTF8.self) }
    if method == ProbeMethod.head.rawValue {
      item.error("an answer to HEAD has no body", expected: "another method, or no key body")
    }
  }

  private mutating func readTLS(_ section: Section) {
    tlsName = section["tls-name"]?.host()
    tlsVerify = section["tls-verify"]?.boolean() ?? true
    guard let item = section["tls-ca"] else { return }
    tlsCA = item.absolutePath()
    if !tlsVerify {
      item.error("nothing is checked with it", expected: "tls-verify: true, or no key tls-ca")
    }
  }

  private mutating func readTimes(_ section: Section) {
    let interval = section["interval"]?.duration(.milliseconds(10)...(.seconds(3600)))
    self.interval = interval?.value ?? self.interval
    fastInterval = section["fast-interval"]?.duration(.milliseconds(10)...self.interval)?.value
    let timeout = section["timeout"]?.duration(.milliseconds(1)...(.seconds(3600)))
    let longest = min(self.interval, fastInterval ?? self.interval)
    // Where only the interval is given, the usual timeout gives way to it.
    self.timeout = timeout?.value ?? min(self.timeout, longest)
    if let timeout, timeout.value > longest {
      section["timeout"]?.error(
        "\(timeout.value.text) is longer than the \(longest < self.interval ? "fast " : "")interval of \(longest.text)",
        expected: "at most \(longest.text)")
    }
    fall = section["fall"]?.integer(1...100)?.value ?? fall
    rise = section["rise"]?.integer(1...100)?.value ?? rise
    jitter = section["jitter"]?.duration(.zero...self.interval)?.value ?? jitter
    damping = section["damping"]?.damping()
  }
}

/// What an HTTP probe may ask with.
enum ProbeMethod: String, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case options = "OPTIONS"
  case post = "POST"
}
