import Wire

extension LabChecks {
  /// Routers and the ordinary host ask for the shared addresses and get the virtual MAC.
  package func virtualMACAnswers() throws -> [Finding] {
    var findings: [Finding] = []
    for address in LabAddress.web + LabAddress.bulk {
      let expected = try virtualMAC(of: address)
      let way = LabAddress.isIPv6(address) ? "neighbour solicitation" : "ARP"
      var facts: [String] = []
      var holds = true
      for host in LabHost.routers + [.h1] {
        let mac = try resolve(address, by: host)
        holds = holds && mac == expected
        facts.append("\(host) sees \(mac?.description ?? "nothing")")
      }
      findings.append(
        Finding(
          LabAddress.isIPv6(address) ? "X1" : "H3",
          "\(way) for \(address) is answered with the virtual MAC \(expected)", holds,
          facts.joined(separator: ", ")))
    }
    return findings
  }

  /// The members' real MACs stay the switch's secret, and each server resolves its router.
  package func serversTalkOutward() throws -> [Finding] {
    var findings: [Finding] = []
    for (family, router) in [("IPv4", LabHost.r1.addresses[0]), ("IPv6", LabHost.r1.addresses[1])] {
      var facts: [String] = []
      var holds = true
      for server in LabHost.servers {
        let mac = try resolve(router, by: server)
        holds = holds && mac == LabHost.r1.mac
        facts.append("\(server) \(mac?.description ?? "nothing")")
      }
      findings.append(
        Finding(
          family == "IPv4" ? "H4" : "X1", "every server resolves its router \(router)", holds,
          facts.joined(separator: ", ")))
    }
    for server in LabHost.servers {
      // Outward with the shared source address. The replies come back through the cluster and may reach any server.
      for (source, client) in zip(LabAddress.web, LabHost.a1.addresses) {
        try lab.run(in: server, "ping", ["-c", "2", "-i", "0.1", "-W", "0.2", "-I", source, client])
      }
    }
    for address in LabAddress.web {
      let expected = try virtualMAC(of: address)
      var facts: [String] = []
      var holds = true
      for host in LabHost.routers + [.h1] {
        let known = try neighbour(address, of: host)
        holds = holds && (known == nil || known == expected)
        facts.append("\(host) \(known?.description ?? "has no entry")")
      }
      findings.append(
        Finding(
          "H3", "no neighbour table learnt a server's own MAC for \(address) when the servers talked outward",
          holds, facts.joined(separator: ", ")))
    }
    return findings
  }
}
