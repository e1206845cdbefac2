import FoundationEssentials
import Wire

extension LabChecks {
  /// Every server claims the shared addresses in all the ways that hosts have. Nobody else must hear of it.
  package func serversAreIsolated() throws -> [Finding] {
    let filter = "arp or (icmp6 and (ip6[40] == 135 or ip6[40] == 136))"
    let capture = try Capture.during(lab, on: LabHost.lan, filter: filter) {
      for server in LabHost.servers {
        for address in LabAddress.web {
          try lab.agent(
            in: server,
            ["announce", "--interface", server.nic, "--mac", "\(server.mac)", "--address", address])
        }
      }
      try repeatDetection()
      for server in LabHost.servers { _ = try resolve(LabHost.r1.addresses[0], by: server) }
      // Their answers, too: someone asks, and so does the switch when it refreshes.
      for host in LabHost.routers + [.h1] {
        for address in LabAddress.web { _ = try resolve(address, by: host) }
      }
    }
    return LabAddress.web.map { isolation(capture, of: $0) } + [try detectionSucceeded()]
  }

  private func isolation(_ capture: Capture, of address: String) -> Finding {
    let shared = IPAddress(address)
    var made: [String: Int] = [:]
    var leaks: [String: Int] = [:]
    for (host, frames) in capture.frames {
      for frame in frames {
        guard let claim = NeighbourClaim(frame), claim.address == shared else { continue }
        let server = LabHost.with(mac: claim.mac) ?? frame.source.flatMap { LabHost.with(mac: $0) }
        guard let server, LabHost.servers.contains(server) else { continue }
        if server == host {
          if frame.source == server.mac { made[claim.kind.rawValue, default: 0] += 1 }
        } else {
          leaks["\(claim.kind.rawValue) of \(server) at \(host)", default: 0] += 1
        }
      }
    }
    let enough = made.count >= (LabAddress.isIPv6(address) ? 2 : 3)
    return Finding(
      "H3", "no claim of a server to \(address) reaches another server, a router or the ordinary host",
      leaks.isEmpty && enough, "claims made: \(Self.text(made)); heard elsewhere: \(Self.text(leaks))")
  }

  /// Takes the IPv6 address off the plain servers' NICs and puts it on again, all at once: each kernel then asks
  /// whether somebody else has it (RFC 4862).
  private func repeatDetection() throws {
    let address = LabAddress.web[1]
    for server in LabHost.plainServers { try lab.ip(server, "addr del \(address)/64 dev eth0") }
    for server in LabHost.plainServers {
      try lab.ip(server, "addr add \(address)/64 dev eth0")
      try lab.addDefaultRoutes(server)
    }
    _ = try Waiting.until(within: .seconds(5), every: .milliseconds(100)) {
      try LabHost.plainServers.allSatisfy { try addressFlags($0, address) == [] }
    }
  }

  private func detectionSucceeded() throws -> Finding {
    var facts: [String] = []
    var holds = true
    for server in LabHost.plainServers {
      for address in [LabAddress.web[1], LabAddress.bulk[1]] {
        let flags = try addressFlags(server, address)
        holds = holds && flags == []
        let state = flags.map { $0.isEmpty ? "in use" : $0.joined(separator: " ") } ?? "absent"
        facts.append("\(server) \(address) \(state)")
      }
    }
    return Finding(
      "H3", "duplicate address detection succeeded on every server", holds, facts.joined(separator: ", "))
  }

  /// `tentative`, `dadfailed`; nil: the host does not have the address.
  private func addressFlags(_ host: LabHost, _ address: String) throws -> [String]? {
    struct Link: Decodable {
      struct Address: Decodable {
        var local: String?
        var tentative: Bool?
        var dadfailed: Bool?
      }
      var addr_info: [Address]?
    }
    let result = try lab.succeed(in: host, "ip", ["-6", "-json", "addr", "show", "dev", host.nic])
    let links = try JSONDecoder().decode([Link].self, from: Data(result.output))
    let found = links.flatMap { $0.addr_info ?? [] }.first { $0.local == address }
    guard let found else { return nil }
    return (found.tentative == true ? ["tentative"] : []) + (found.dadfailed == true ? ["dadfailed"] : [])
  }
}
