import SwitchModel
import Wire

extension ConversionPlan {
  typealias Keys = [(key: String, value: String)]

  /// The kind and what it asks; nil if it cannot be converted (told).
  mutating func probeKeys(_ checker: KeepalivedStatement, _ target: ProbeTarget) -> Keys? {
    let own = ownLines(checker)
    var target = target
    if let line = own["connect_port"], let port = line.value?.port, port != 0 { target.port = port }
    switch checker.keyword.text {
    case "HTTP_GET", "SSL_GET": return httpKeys(checker, own, target)
    case "TCP_CHECK": return portKeys(checker, "tcp", target)
    case "SMTP_CHECK":
      if target.port == 0 { target.port = 25 }
      return portKeys(checker, "tcp", target).map { $0 + [("expect", YAMLWriter.scalar("220"))] }
    case "PING_CHECK": return [("kind", "icmp")]
    case "DNS_CHECK": return dnsKeys(checker, own, target)
    case "UDP_CHECK": return udpKeys(checker, own, target)
    case "MISC_CHECK": return execKeys(checker, own)
    default:
      find(.notConverted, checker, "nothing of the kind: members are watched by ARP or ND; add a probe")
      return nil
    }
  }

  /// Lines of the checker by keyword, the last of each; those that have no counterpart are told.
  private mutating func ownLines(_ checker: KeepalivedStatement) -> [String: KeepalivedStatement] {
    let used: Set<String> = [
      "connect_port", "url", "virtualhost", "enable_sni", "sni_name", "type", "name", "payload",
      "require_reply",
      "misc_path",
    ]
    var lines: [String: KeepalivedStatement] = [:]
    var times = CheckTimes()
    for line in checker.block ?? [] {
      if used.contains(line.keyword.text) {
        if line.keyword.text == "url", lines["url"] != nil {
          find(.notConverted, line, "a probe asks for one page: the first was taken")
        } else {
          lines[line.keyword.text] = line
        }
      } else if !times.read(line) {
        tellOther(line, Meanings.ofCheckers)
      }
    }
    return lines
  }

  private mutating func portKeys(_ checker: KeepalivedStatement, _ kind: String, _ target: ProbeTarget)
    -> Keys?
  {
    guard target.port != 0 else {
      find(.changed, checker, "no port to ask: the probe is an echo request")
      return [("kind", "icmp")]
    }
    return [("kind", kind), ("port", String(target.port))]
  }

  private mutating func httpKeys(
    _ checker: KeepalivedStatement, _ own: [String: KeepalivedStatement], _ target: ProbeTarget
  ) -> Keys? {
    let isTLS = checker.keyword.text == "SSL_GET"
    var keys: Keys = [("kind", isTLS ? "https" : "http")]
    if target.port != 0 { keys.append(("port", String(target.port))) }
    var path = "/"
    var host = own["virtualhost"]?.value?.text ?? target.virtualHost
    var statuses: [String] = []
    for line in own["url"]?.block ?? [] {
      switch line.keyword.text {
      case "path":
        let text = line.value?.text ?? "/"
        if line.arguments.count == 1, text.hasPrefix("/"), text.utf8.count <= 2048,
          text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        {
          path = text
        } else {
          find(.notConverted, line, "a path begins with / and has no blanks; / stands")
        }
      case "virtualhost": host = line.value?.text ?? host
      case "status_code": statuses = statusCodes(line)
      case "digest":
        find(.notConverted, line, "pages are not digested; probe.body says a text that the page contains")
      case "regex":
        find(.notConverted, line, "no regular expressions; probe.body says a text that the page contains")
      case "tls_compliant", "regex_no_match", "regex_options", "regex_stack", "regex_min_offset",
        "regex_max_offset":
        find(.notConverted, line, "nothing of the kind is needed")
      default: find(.notConverted, line, "not a keyword that is known here")
      }
    }
    keys.append(("path", YAMLWriter.scalar(path)))
    if let host {
      if HostText.isFit(host) {
        keys.append(("host", YAMLWriter.scalar(host)))
      } else {
        find(.notConverted, checker, "virtualhost is not a host's name")
      }
    }
    // keepalived's default; FlowSwitch's is 200-399.
    keys.append(("status", statuses.isEmpty ? "200-299" : "[\(statuses.joined(separator: ", "))]"))
    if isTLS {
      if let name = own["sni_name"]?.value?.text, HostText.isFit(name) {
        keys.append(("tls-name", YAMLWriter.scalar(name)))
      }
      // keepalived checks no certificate.
      keys.append(("tls-verify", "false"))
      find(
        .changed, checker, "the certificate is not checked, as keepalived does not; tls-verify: true would")
    }
    return keys
  }

  private mutating func statusCodes(_ line: KeepalivedStatement) -> [String] {
    var codes: [String] = []
    for word in line.arguments {
      let parts = word.text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let numbers = parts.compactMap { part in
        part.utf8.count == 3 && part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil
      }
      guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last, first >= 100,
        last <= 599, first <= last
      else {
        find(.notConverted, line, "'\(shownText(word.text))' is not a status from 100 to 599")
        continue
      }
      codes.append(word.text)
    }
    return codes
  }

  private mutating func dnsKeys(
    _ checker: KeepalivedStatement, _ own: [String: KeepalivedStatement], _ target: ProbeTarget
  ) -> Keys? {
    var keys: Keys = [("kind", "dns")]
    if target.port != 0, target.port != 53 { keys.append(("port", String(target.port))) }
    let name = own["name"]?.value?.text ?? "."
    if HostText.isDomain(name) {
      keys.append(("query", YAMLWriter.scalar(name)))
    } else {
      find(.notConverted, checker, "'\(shownText(name))' is not a domain name; . stands")
      keys.append(("query", YAMLWriter.scalar(".")))
    }
    let type = own["type"]?.value?.text.uppercased() ?? "SOA"
    if ["A", "AAAA", "SOA", "NS", "MX", "TXT"].contains(type) {
      keys.append(("type", type))
    } else {
      find(
        .changed, checker, "records of type \(shownText(type, limit: 20)) are not asked for; type A stands")
      keys.append(("type", "A"))
    }
    return keys
  }

  private mutating func udpKeys(
    _ checker: KeepalivedStatement, _ own: [String: KeepalivedStatement], _ target: ProbeTarget
  ) -> Keys? {
    guard target.port != 0, let text = HexText.text(own["payload"]) else {
      find(
        .changed, checker,
        "a probe of kind udp sends a text, and there is none that could be sent: the probe is an echo request; kind udp or dns with what the service answers is better"
      )
      return [("kind", "icmp")]
    }
    var keys: Keys = [("kind", "udp"), ("port", String(target.port)), ("send", YAMLWriter.quoted(text))]
    if let line = own["require_reply"] {
      if let text = HexText.text(line) {
        keys.append(("expect", YAMLWriter.quoted(text)))
      } else if line.value != nil {
        find(.notConverted, line, "expect is a text: any answer will do")
      }
    } else {
      find(.changed, checker, "a probe of kind udp wants an answer")
    }
    return keys
  }

  private mutating func execKeys(_ checker: KeepalivedStatement, _ own: [String: KeepalivedStatement])
    -> Keys?
  {
    let words = (own["misc_path"]?.arguments ?? []).flatMap { HostText.arguments(of: $0.text) }
    guard let program = words.first, program.hasPrefix("/"), words.allSatisfy({ !$0.utf8.contains(0) }) else {
      find(
        .notConverted, checker, "an absolute path of a program is expected: members are watched by ARP or ND")
      return nil
    }
    find(
      .changed, checker,
      "one command for all members: it gets the member by FLOWSWITCH_TARGET, FLOWSWITCH_ADDRESS and FLOWSWITCH_MARK, and must ask there and not at an address of its own"
    )
    return [
      ("kind", "exec"),
      ("command", "[\(words.map { YAMLWriter.scalar($0) }.joined(separator: ", "))]"),
    ]
  }
}
