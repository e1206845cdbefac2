import Wire

extension LabChecks {
  /// Everything but neighbour discovery, which the switch answers itself, and multicast.
  private static let unicast =
    "(ip or ip6) and not ether multicast and not (icmp6 and ip6[40] >= 133 and ip6[40] <= 137)"

  /// Frames as they came in and as they left, compared byte by byte.
  package func onlyDestinationMACChanges() throws -> [Finding] {
    // Neighbours are resolved first: what waits for an answer is sent when the capture runs, or not.
    let macs = try virtualMACs()
    // The switch's own probes come from no host, and the answers go to none.
    let filter = "\(Self.unicast) and not ether host \(try lab.switchMAC())"
    let capture = try Capture.during(lab, on: LabHost.lan, filter: filter) {
      for (client, other) in zip(LabHost.clients, LabHost.clients.reversed()) {
        for address in LabAddress.web {
          _ = try fetch(address, from: client, count: 12)
          try lab.run(in: client, "ping", ["-q", "-c", "5", "-i", "0.05", "-W", "1", address])
          _ = try ask(address, from: client, count: 8)
        }
        for address in other.addresses + LabHost.h1.addresses {
          try lab.run(in: client, "ping", ["-q", "-c", "3", "-i", "0.05", "-W", "1", address])
        }
      }
      try lab.run(
        in: .a1, "curl",
        ["-s", "--noproxy", "*", "--max-time", "20", "-o", "/dev/null", "http://\(LabAddress.web[0])/big"])
    }
    let ledger = FrameLedger(capture.frames, virtualMACs: macs)
    let servers = Dictionary(uniqueKeysWithValues: ledger.perServer.map { ($0.key.name, $0.value) })
    let mismatches = ledger.faults.isEmpty ? "" : "; " + ledger.faults.joined(separator: "; ")
    return [
      Finding(
        "H1", "every frame for the clusters reached exactly one server, and only its destination MAC differs",
        ledger.clusterSent > 100 && ledger.clusterSent == ledger.clusterArrived && ledger.faults.isEmpty,
        "\(ledger.clusterSent) in, \(ledger.clusterArrived) out (\(Self.text(servers)))"
          + (ledger.clusterSent > 100 ? "" : ", too few to prove it") + mismatches),
      Finding(
        "H5", "every other frame arrived once and bit by bit as it was sent",
        ledger.hostSent > 100 && ledger.hostSent == ledger.hostArrived && ledger.faults.isEmpty,
        "\(ledger.hostSent) in, \(ledger.hostArrived) out"),
    ]
  }
}
