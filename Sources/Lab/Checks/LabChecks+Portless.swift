import Wire

extension LabChecks {
  /// ESP and a protocol that nobody knows: each packet at one server, always the same for one source.
  package func portlessProtocolsPass(count: Int = 10) throws -> [Finding] {
    var findings: [Finding] = []
    for (number, name) in [(UInt8(50), "ESP"), (UInt8(253), "protocol 253")] {
      for address in LabAddress.web {
        let ipv6 = LabAddress.isIPv6(address)
        let capture = try Capture.during(
          lab, on: LabHost.servers, filter: "\(ipv6 ? "ip6" : "ip") proto \(number)"
        ) {
          for client in LabHost.clients {
            for source in client.sources(ipv6: ipv6) {
              try send(number, from: client, source, to: address, count: count, size: 120)
            }
          }
        }
        findings.append(portless(capture, name: name, number, address, count: count))
      }
    }
    return findings
  }

  private func portless(
    _ capture: Capture, name: String, _ number: UInt8, _ address: String, count: Int
  ) -> Finding {
    var placesOf: [IPAddress: Set<LabHost>] = [:]
    var packets: [[UInt8]: Int] = [:]
    var perServer: [String: Int] = [:]
    for server in LabHost.servers {
      for frame in capture[server] where frame.ipProtocol == number && frame.destination == server.mac {
        guard let source = frame.sourceAddress else { continue }
        placesOf[source, default: []].insert(server)
        packets[source.bytes + frame.payload, default: 0] += 1
        perServer[server.name, default: 0] += 1
      }
    }
    let sources = LabHost.clients.flatMap { $0.sources(ipv6: LabAddress.isIPv6(address)) }.count
    let wandering = placesOf.values.filter { $0.count != 1 }.count
    let doubled = packets.values.filter { $0 > 1 }.count
    return Finding(
      "H2", "\(name) to \(address) passes, each source's packets to one server",
      packets.count == sources * count && wandering == 0 && doubled == 0,
      "\(packets.count) of \(sources * count) packets of \(sources) sources arrived (\(Self.text(perServer))), "
        + "\(doubled) twice, \(wandering) sources at more than one server")
  }

  /// Raw packets by the lab's agent.
  func send(
    _ protocolNumber: UInt8, from host: LabHost, _ source: String, to address: String, count: Int, size: Int,
    prefix: String = ""
  ) throws {
    try lab.agent(
      in: host,
      [
        "send-ip", "--source", source, "--destination", address, "--protocol", "\(protocolNumber)",
        "--count", "\(count)", "--size", "\(size)", "--prefix", prefix,
      ])
  }
}
