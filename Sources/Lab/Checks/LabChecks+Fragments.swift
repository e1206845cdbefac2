import Wire

extension LabChecks {
  /// Large pings, and UDP datagrams whose later fragments have no ports.
  package func fragmentsStayTogether(datagrams: Int = 12) throws -> [Finding] {
    var findings: [Finding] = []
    for (address, client) in zip(LabAddress.web, LabHost.clients) {
      findings.append(
        try ping(address, from: client, count: 10, "X3", "in fragments", ["-s", "4000", "-i", "0.05"]))
    }
    for address in LabAddress.web {
      let ipv6 = LabAddress.isIPv6(address)
      let filter = ipv6 ? "ip6 proto 44" : "udp or (ip[6:2] & 0x3fff != 0)"
      let source = LabHost.a1.sources(ipv6: ipv6)[0]
      let capture = try Capture.during(lab, on: LabHost.servers, filter: filter) {
        for number in 0..<datagrams {
          // A UDP header: source port, destination port 9 (discard), length, no checksum.
          let port = String(40_000 + number, radix: 16)
          let length = String(4000, radix: 16)
          let header = port + "0009" + String(repeating: "0", count: 4 - length.count) + length + "0000"
          try send(17, from: .a1, source, to: address, count: 1, size: 4000, prefix: header)
        }
      }
      findings.append(fragments(capture, address, ipv6: ipv6, datagrams: datagrams))
    }
    return findings
  }

  private func fragments(_ capture: Capture, _ address: String, ipv6: Bool, datagrams: Int) -> Finding {
    var places: [UInt32: [LabHost: Int]] = [:]
    for server in LabHost.servers {
      for frame in capture[server] where frame.destination == server.mac {
        let identification =
          frame.ipv4Fragment.map { UInt32($0.identification) } ?? frame.ipv6Fragment?.identification
        guard let identification else { continue }
        places[identification, default: [:]][server, default: 0] += 1
      }
    }
    // 4000 bytes behind a header of 20 or 40 and 8 bytes, in packets of 1500: three pieces.
    let whole = places.values.filter { $0.count == 1 && $0.values.first == 3 }.count
    let torn = places.values.filter { $0.count > 1 }.count
    let used = Set(places.values.flatMap { $0.keys.map(\.name) })
    return Finding(
      "X3", "the fragments of UDP datagrams to \(address) reach one server each", whole == datagrams,
      "\(whole) of \(datagrams) datagrams with three fragments at one server, \(torn) torn apart "
        + "(servers used: \(used.sorted().joined(separator: ", ")))")
  }

  /// A narrow path behind the router: its ICMP errors must reach the server that holds the connection, or that
  /// connection hangs.
  package func errorsFindTheirServer(fetches: Int = 12) throws -> [Finding] {
    // Away from the default, so that no server knows this path's MTU yet, and put back afterwards.
    defer { try? lab.ip(.r1, "link set dev net mtu 1500") }
    try lab.ip(.r1, "link set dev net mtu 1300")
    var findings: [Finding] = []
    for address in LabAddress.web {
      var whole = 0
      for number in 0..<fetches {
        let sources = LabHost.a1.sources(ipv6: LabAddress.isIPv6(address))
        let result = try lab.run(
          in: .a1, "curl",
          [
            "-s", "--noproxy", "*", "--interface", sources[number % sources.count], "--max-time", "4",
            "-o", "/dev/null", "-w", "%{size_download}", "http://\(LabAddress.inURL(address))/big",
          ])
        if result.succeeded, Int(result.text) == LabNetwork.bigPageSize { whole += 1 }
      }
      let error = LabAddress.isIPv6(address) ? "packet too big" : "fragmentation needed"
      findings.append(
        Finding(
          "X4", "the router's \(error) reaches the server whose connection it is about", whole == fetches,
          "\(whole) of \(fetches) large pages from \(address) through a path of MTU 1300"))
    }
    return findings
  }
}
