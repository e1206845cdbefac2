/// The file that a lab's switch is run with.
struct LabConfiguration {
  var name: String
  var datapath: LabDatapath
  var layout: LabLayout

  var text: String {
    // Short times: what moves has moved before a person loses patience. Real networks want the defaults.
    var text = """
      switch:
        name: \(name)
        datapath: \(datapath.rawValue)
        settle-time: 3s
        observe-time: 500ms
      ports:

      """
    for host in layout.lan { text += "  - {name: \(host.switchPort), role: \(Self.portRole(of: host))}\n" }
    switch layout {
    case .servers: return text + clustersText
    case .routers: return text + pools("per-server", "per-server")
    case .routersPerFlow: return text + pools("per-flow", "per-flow")
    case .all: return text + pools("per-server", "per-flow") + clustersText
    }
  }

  private static func portRole(of host: LabHost) -> String {
    if (LabHost.routers + LabHost.pool).contains(host) { return "router" }
    return (LabHost.servers + LabHost.hosted).contains(host) ? "server" : "any"
  }

  private var clustersText: String {
    // Longer than a busy machine of two cores keeps a server waiting.
    let quick = "interval: 250ms, timeout: 240ms, fall: 3, rise: 2"
    let web = "{kind: http, port: 80, path: /, \(quick)}"
    let agent = "{kind: http, port: \(LabAddress.agentPort), path: /health, \(quick)}"
    let damped =
      "{kind: tcp, port: \(LabAddress.dampedPort), interval: 200ms, timeout: 190ms, fall: 1, rise: 1, "
      + "damping: {flaps: 3, window: 30s, hold: 4s}}"
    let all = LabHost.servers
    var text = "clusters:\n"
    for (family, suffix) in [(0, ""), (1, "6")] {
      text += cluster("web\(suffix)", LabAddress.web[family], all, ["probe: \(web)"])
      text += cluster("bulk\(suffix)", LabAddress.bulk[family], all, ["hash: source"])
      // What moves here is held against what had to, so nothing moves for the load's sake.
      text += cluster("live\(suffix)", LabAddress.live[family], all, ["load: off", "probe: \(agent)"])
    }
    text += cluster(
      "pair", LabAddress.pair[0], LabHost.plainServers, ["probe: \(agent)"], mode: "availability")
    text += cluster(
      "rescue", LabAddress.rescue[0], [.s1, .s2, .s4], ["load: off", "slow-start: 4s", "probe: \(agent)"],
      lastResort: .s4)
    text += cluster("damped", LabAddress.damped[0], LabHost.dampedMembers, ["probe: \(damped)"])
    return text
  }

  private func cluster(
    _ name: String, _ address: String, _ members: [LabHost], _ more: [String], mode: String = "balanced",
    lastResort: LabHost? = nil
  ) -> String {
    var text = "  - name: \(name)\n    address: \"\(address)\"\n    mode: \(mode)\n"
    for line in more { text += "    \(line)\n" }
    text += "    members:\n"
    for member in members {
      var fields = "name: \(member), port: \(member.switchPort)"
      if member == .s4 { fields += ", address: \"\(member.addresses[LabAddress.isIPv6(address) ? 1 : 0])\"" }
      if member == lastResort { fields += ", last-resort: true" }
      text += "      - {\(fields)}\n"
    }
    return text
  }

  /// Of IPv4 and of IPv6, by how each balances.
  private func pools(_ balances: String...) -> String {
    var text = "router-pools:\n"
    for (family, (name, balance)) in zip(["out", "out6"], balances).enumerated() {
      text += "  - name: \(name)\n    balance: \(balance)\n"
      text += "    probe: {kind: icmp, interval: 250ms, timeout: 240ms, fall: 3, rise: 2}\n    members:\n"
      for router in LabHost.pool {
        let local = family == 1 ? ", link-local: \"fe80::2\(router.number)\"" : ""
        text +=
          "      - {name: \(router), address: \"\(router.addresses[family])\"\(local), port: \(router.switchPort)}\n"
      }
    }
    return text
  }
}
