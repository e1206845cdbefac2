import Glibc

extension LabChecks {
  /// Fetches the page of a shared address `count` times, each over a connection of its own; answers per server.
  func fetch(
    _ address: String, port: UInt16 = 80, from client: LabHost, count: Int, source: String? = nil
  ) throws -> [String: Int] {
    var arguments = [
      "-s", "--noproxy", "*", "-H", "Connection: close", "--connect-timeout", "3", "--max-time", "10",
      // One that fails is enough to know, and spares the person the others' time-outs.
      "--fail-early",
    ]
    if let source { arguments += ["--interface", source] }
    arguments.append("http://\(LabAddress.inURL(address)):\(port)/?[1-\(count)]")
    let result = try lab.run(in: client, "curl", arguments, within: .seconds(120))
    return result.lines.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// Clients of both networks reach the shared addresses and are spread over all servers.
  package func clientsAreSpread(count: Int = 60) throws -> [Finding] {
    var findings: [Finding] = []
    for address in LabAddress.web {
      var sum: [String: Int] = [:]
      for client in LabHost.clients {
        let counts = try fetch(address, from: client, count: count)
        sum.merge(counts, uniquingKeysWith: +)
        let answered = counts.values.reduce(0, +)
        findings.append(
          Finding(
            LabAddress.isIPv6(address) ? "X1" : "H4",
            "\(count) fetches by \(client) from http://\(LabAddress.inURL(address))/ are answered",
            answered == count, "\(answered) answers: \(Self.text(counts))"))
      }
      let served = LabHost.servers.filter { sum[$0.name, default: 0] > 0 }
      findings.append(
        Finding(
          "H1", "all four servers took part behind \(address)",
          served == LabHost.servers && sum.count == LabHost.servers.count, Self.text(sum)))
    }
    return findings
  }

  /// Many requests over one connection meet one server, and a large page arrives whole.
  package func connectionStays(requests: Int = 300) throws -> [Finding] {
    var findings: [Finding] = []
    for (address, client) in zip(LabAddress.web, LabHost.clients) {
      let result = try lab.run(
        in: client, "curl",
        [
          "-s", "--noproxy", "*", "--connect-timeout", "3", "--max-time", "10",
          "--fail-early", "-w", "%{num_connects} %{local_port}\n",
          "http://\(LabAddress.inURL(address))/?[1-\(requests)]",
        ], within: .seconds(120))
      var servers: [String: Int] = [:]
      var connections = 0
      var ports = Set<Substring>()
      for line in result.lines {
        let fields = line.split(separator: " ")
        if fields.count == 2 {
          connections += Int(fields[0]) ?? 0
          ports.insert(fields[1])
        } else {
          servers[line, default: 0] += 1
        }
      }
      let one = servers.count == 1 && servers.values.first == requests && connections == 1 && ports.count == 1
      findings.append(
        Finding(
          "H1", "\(requests) requests of \(client) over one connection to \(address) meet one server", one,
          "\(connections) connection, \(Self.text(servers))"))
    }
    findings.append(try largePage(from: .a1, LabAddress.web[0]))
    findings.append(try largePage(from: .b1, LabAddress.web[1]))
    return findings
  }

  private func largePage(from client: LabHost, _ address: String) throws -> Finding {
    let file = "\(lab.directory)/fetched"
    defer { unlink(file) }
    let result = try lab.run(
      in: client, "curl",
      ["-s", "--noproxy", "*", "--max-time", "30", "-o", file, "http://\(LabAddress.inURL(address))/big"],
      within: .seconds(40))
    let fetched = TextFile.readBytes(file) ?? []
    let same = fetched == TextFile.readBytes(lab.bigPage)
    return Finding(
      "H1",
      "a page of \(LabNetwork.bigPageSize >> 20) MB from \(address) arrives at \(client) as it was sent",
      result.succeeded && same, "\(fetched.count) bytes, \(same ? "the same" : "not the same")")
  }
}
