import SwitchModel
import Wire

extension ConversionPlan {
  /// One probe for the cluster, from the checkers of its real servers.
  mutating func planProbe(
    _ server: VirtualServer, _ reals: [RealServer], port: UInt16, _ cluster: inout PlannedCluster
  ) {
    guard let real = reals.first(where: { !$0.checkers.isEmpty }), let checker = main(real.checkers) else {
      if let first = reals.first {
        find(
          .changed, first.statement,
          "without a checker keepalived takes a server for alive; here members are watched by ARP or ND: add a probe"
        )
      }
      return
    }
    for other in real.checkers where other != checker {
      find(.notConverted, other, "a cluster has one probe: \(checker.keyword.text) was taken")
    }
    let signature = checker.signature
    for other in reals
    where other.statement.place != real.statement.place && main(other.checkers)?.signature != signature {
      find(
        .changed, other.statement,
        "a cluster has one probe for all its members: that of line \(checker.place.line) was taken")
    }
    var times = CheckTimes()
    for line in checker.block ?? [] { _ = times.read(line) }
    times = times.filled(from: real.times).filled(from: server.times)
    let target = ProbeTarget(
      port: port != 0 ? port : real.port, virtualHost: real.virtualHost ?? server.virtualHost)
    guard let keys = probeKeys(checker, target) else { return }
    cluster.probe = keys + timeKeys(times, checker)
    find(
      .changed, checker,
      "probe of kind \(keys.first?.value ?? ""): it goes to the virtual address with the member's MAC, so it sees what clients see"
    )
  }

  /// The one that tells most.
  private func main(_ checkers: [KeepalivedStatement]) -> KeepalivedStatement? {
    let order = [
      "HTTP_GET", "SSL_GET", "DNS_CHECK", "SMTP_CHECK", "MISC_CHECK", "TCP_CHECK", "UDP_CHECK", "PING_CHECK",
      "BFD_CHECK", "FILE_CHECK",
    ]
    for name in order {
      if let found = checkers.first(where: { $0.keyword.text == name }) { return found }
    }
    return nil
  }

  /// Interval, timeout, fall and rise with keepalived's defaults, within FlowSwitch's ranges.
  private mutating func timeKeys(_ times: CheckTimes, _ checker: KeepalivedStatement) -> [(
    key: String, value: String
  )] {
    let name = checker.keyword.text
    let wanted = times.interval ?? .seconds(60)
    let interval = min(max(wanted, .milliseconds(10)), .seconds(3600))
    let wantedTimeout = times.timeout ?? (name == "MISC_CHECK" ? interval : .seconds(5))
    let timeout = min(max(wantedTimeout, .milliseconds(1)), interval)
    let retries = times.retries ?? (name == "DNS_CHECK" ? 3 : name == "MISC_CHECK" ? 0 : 1)
    let delay =
      times.retryDelay
      ?? (name == "DNS_CHECK"
        ? interval : name == "HTTP_GET" || name == "SSL_GET" ? .seconds(3) : .seconds(1))
    if interval != wanted || timeout != wantedTimeout {
      find(
        .changed, checker,
        "interval \(interval.text) and timeout \(timeout.text): an interval is from 10ms to 1h, and the timeout not longer"
      )
    }
    var keys = [("interval", interval.text), ("timeout", timeout.text)]
    // After a failure keepalived waits for the delay; here the interval begins with the probe.
    let fast = max(delay, timeout, .milliseconds(10))
    if retries > 0, fast < interval { keys.append(("fast-interval", fast.text)) }
    keys += [("fall", String(min(retries + 1, 100))), ("rise", "1")]
    return keys
  }
}

/// What a probe is about.
struct ProbeTarget {
  /// 0: the cluster has every port, and the real server says none.
  var port: UInt16
  var virtualHost: String?
}

extension KeepalivedStatement {
  /// The same for checkers that say the same.
  var signature: String {
    var text = ([keyword] + arguments).map(\.text).joined(separator: "\u{1}")
    if let block { text += "\u{2}" + block.map(\.signature).joined(separator: "\u{3}") + "\u{4}" }
    return text
  }
}
