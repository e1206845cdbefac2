import FoundationEssentials

extension LabChecks {
  /// Pings and expects every reply.
  func ping(
    _ address: String, from host: LabHost, count: Int, _ requirement: String, _ how: String = "",
    _ options: [String] = ["-i", "0.02"]
  ) throws -> Finding {
    let result = try lab.run(
      in: host, "ping", ["-q", "-c", "\(count)", "-W", "2"] + options + [address], within: .seconds(60))
    let (sent, received) = Self.pingCounts(result)
    let manner = how.isEmpty ? "" : " \(how)"
    return Finding(
      requirement, "\(host) pings \(address)\(manner)", sent == count && received == count,
      "\(received) of \(count) replies")
  }

  /// `5 packets transmitted, 5 received, …`; also `+2 duplicates`, which count against it.
  static func pingCounts(_ result: ProgramResult) -> (sent: Int, received: Int) {
    guard let line = result.lines.first(where: { $0.contains("packets transmitted") }) else { return (0, 0) }
    let numbers = line.split(separator: ",").map { part in
      Int(part.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
    }
    let duplicates = line.contains("duplicates") ? 1 : 0
    return (numbers[0], numbers.count > 1 ? numbers[1] - duplicates : 0)
  }

  /// `count` DNS questions for `server.lab`, each from a port of its own; answers per server.
  func ask(_ address: String, from client: LabHost, count: Int) throws -> [String: Int] {
    var answers: [String: Int] = [:]
    var left = count
    while left > 0 {
      // In groups, so that silence is not waited for time and again.
      let questions = String(repeating: "@\(address) server.lab TXT\n", count: min(left, 10))
      left -= 10
      let result = try lab.run(
        in: client, "dig", ["+short", "+tries=1", "+time=2", "-f", "/dev/stdin"], input: questions)
      let names = result.lines.filter { $0.hasPrefix("\"") }.map { $0.replacing("\"", with: "") }
      if names.isEmpty { break }
      for name in names { answers[name, default: 0] += 1 }
    }
    return answers
  }

  package func pingWorks() throws -> [Finding] {
    try LabHost.clients.flatMap { client in
      try LabAddress.web.map { try ping($0, from: client, count: 20, "H2") }
    }
  }

  /// UDP: DNS questions of both clients are answered by all servers.
  package func dnsIsSpread(count: Int = 40) throws -> [Finding] {
    try LabAddress.web.map { address in
      var counts: [String: Int] = [:]
      for client in LabHost.clients {
        counts.merge(try ask(address, from: client, count: count), uniquingKeysWith: +)
      }
      let answered = counts.values.reduce(0, +)
      return Finding(
        "H2", "DNS over UDP to \(address): answered, by all four servers",
        answered == 2 * count && Set(counts.keys) == Set(LabHost.servers.map(\.name)),
        "\(answered) of \(2 * count) answers: \(Self.text(counts))")
    }
  }

  /// Bulk TCP, both directions. iperf3 opens two connections that belong together, so its cluster hashes by source.
  package func iperfWorks(seconds: Int = 1) throws -> [Finding] {
    struct Report: Decodable {
      struct End: Decodable {
        struct Sum: Decodable {
          var bytes: Double
          var bits_per_second: Double
        }
        var sum_received: Sum
      }
      var end: End?
      var error: String?
    }
    var findings: [Finding] = []
    for (address, client) in zip(LabAddress.bulk, LabHost.clients) {
      for reverse in [false, true] {
        let result = try lab.run(
          in: client, "iperf3",
          ["-c", address, "-t", "\(seconds)", "-J", "--connect-timeout", "3000"] + (reverse ? ["-R"] : []),
          within: .seconds(30))
        let report = try? JSONDecoder().decode(Report.self, from: Data(result.output))
        let sum = report?.end?.sum_received
        let rate = Int((sum?.bits_per_second ?? 0) / 1e6)
        let fact = report?.error ?? (sum == nil ? result.complaint : "\(rate) Mbit/s")
        findings.append(
          Finding(
            "H6", "iperf3 \(reverse ? "from" : "to") \(address) \(reverse ? "to" : "from") \(client)",
            result.succeeded && (sum?.bytes ?? 0) > 100_000, fact))
      }
    }
    return findings
  }

  /// The ordinary host is switched as by any switch: it reaches everyone, and everyone reaches it.
  package func ordinaryHostTalks() throws -> [Finding] {
    var findings: [Finding] = []
    let targets = LabHost.routers + [.s4] + LabHost.clients
    for family in 0...1 {
      for target in targets {
        findings.append(try ping(target.addresses[family], from: .h1, count: 5, "H7"))
      }
      findings.append(try ping(LabAddress.web[family], from: .h1, count: 5, "H7"))
      let shared = try fetch(LabAddress.web[family], from: .h1, count: 20)
      findings.append(
        Finding(
          "H7", "h1 fetches from \(LabAddress.web[family])", shared.values.reduce(0, +) == 20,
          Self.text(shared)))
      for host in [LabHost.a1, .b1, .r1, .s4] {
        let own = try fetch(LabHost.h1.addresses[family], from: host, count: 3)
        findings.append(
          Finding(
            "H7", "\(host) fetches from h1 at \(LabHost.h1.addresses[family])", own == ["h1": 3],
            Self.text(own)))
      }
    }
    return findings
  }
}
