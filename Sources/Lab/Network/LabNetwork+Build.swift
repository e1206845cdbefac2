import Glibc
import Wire

/// Namespaces, cables, addresses and routes.
extension LabNetwork {
  /// Builds a whole lab, or leaves nothing behind.
  package static func up(
    name: String? = nil, base: String = "lab", datapath: LabDatapath, layout: LabLayout = .servers,
    binary: String,
    owned: Bool, said: (String) -> Void = { _ in }
  ) throws -> LabNetwork {
    try Privileges.demand()
    let absent = Tool.absent
    guard absent.isEmpty else { throw Tool.missing(absent) }
    guard access(binary, X_OK) == 0 else {
      throw LabError(.usage, "no flowswitch executable at \(binary)")
    }
    let lab = try LabNetwork(
      name: name, base: base, datapath: datapath, layout: layout, binary: binary, owned: owned)
    do {
      try lab.build(said)
      return lab
    } catch {
      do {
        try LabNetwork.down(lab.name)
      } catch let second {
        throw LabError.refused("\(error)\n\(second)")
      }
      throw error
    }
  }

  private func build(_ said: (String) -> Void) throws {
    said("lab '\(name)': network namespaces and cables")
    try Progress.shared.during("laying out namespaces") {
      for host in layout.hosts { try addNamespace(host) }
      for host in layout.lan { try layCable(host) }
      if layout.hasClusters {
        for (router, client) in zip(LabHost.routers, LabHost.clients) { try layCable(router, client) }
        try configureRouters()
        for client in LabHost.clients { try configureClient(client) }
        try configureOrdinaryHost()
      }
      if layout.hasPool { try buildPool() }
    }
    if layout.hasPool { try startWorld(said) }
    if layout.hasClusters {
      said("programs: nginx, iperf3, dnsmasq and the lab's own server on s1 … s4, nginx on h1")
      try Progress.shared.during("starting the servers' programs", startServers)
    }
    said("the switch: flowswitch run, datapath \(datapath.rawValue)")
    try Progress.shared.during("starting the switch", startDaemon)
    if layout.hasPool { try findRouters(said) }
    guard layout.hasClusters else { return }
    // The servers get their addresses with the switch already at work: their duplicate address detection (H3) and
    // the discovery of the members (H4) are then part of what is shown.
    for server in LabHost.servers { try configureServer(server) }
    said("the switch finds the members")
    try Progress.shared.during("waiting until every member is operational") { try awaitMembers() }
    // Hosts that have talked before: a neighbour's first resolution may take a second, which is no matter of claims
    // about something else. How resolution works has claims of its own.
    try Progress.shared.during("the servers resolve their router") {
      for server in LabHost.servers {
        for router in LabHost.r1.addresses { _ = try LabChecks(self).resolve(router, by: server) }
      }
    }
  }

  func addNamespace(_ host: LabHost) throws {
    try Program("ip", ["netns", "add", namespace(of: host)]).succeed()
    try ip(host, "link set lo up")
  }

  /// The cable from a host to the switch.
  func layCable(_ host: LabHost) throws {
    try ip(
      .sw,
      """
      link add \(host.switchPort) type veth peer name \(host.nic) netns \(namespace(of: host))
      link set \(host.switchPort) up
      """)
    try ip(host, "link set \(host.nic) address \(host.mac)\nlink set \(host.nic) up")
    // Frames that are redirected to a veth need a receiver that polls (GRO), and a frame that leaves one needs its
    // checksum: both a matter of virtual cables, not of the hosts.
    try succeed(in: host, "ethtool", ["-K", host.nic, "gro", "on", "tx", "off"])
  }

  /// The cable from a router to its client.
  private func layCable(_ router: LabHost, _ client: LabHost) throws {
    try ip(router, "link add net type veth peer name eth0 netns \(namespace(of: client))\nlink set net up")
    try ip(client, "link set eth0 address \(client.mac)\nlink set eth0 up")
  }

  private func configureRouters() throws {
    for (router, other) in zip(LabHost.routers, LabHost.routers.reversed()) {
      let net = router == .r1 ? "10" : "20"
      let far = router == .r1 ? "20" : "10"
      try succeed(
        in: router, "sysctl",
        [
          "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
          "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.default.send_redirects=0",
          "net.ipv4.conf.lan.send_redirects=0", "net.ipv4.conf.net.send_redirects=0",
        ])
      try ip(
        router,
        """
        addr add \(router.addresses[0])/24 dev lan
        addr add \(router.addresses[1])/64 dev lan nodad
        addr add 10.\(net).0.1/24 dev net
        addr add fd\(net)::1/64 dev net nodad
        route add 10.\(far).0.0/24 via \(other.addresses[0])
        -6 route add fd\(far)::/64 via \(other.addresses[1])
        """)
    }
  }

  private func configureClient(_ client: LabHost) throws {
    let net = client == .a1 ? "10" : "20"
    var batch = client.sources(ipv6: false).map { "addr add \($0)/24 dev eth0" }
    batch += client.sources(ipv6: true).map { "addr add \($0)/64 dev eth0 nodad" }
    batch += ["route add default via 10.\(net).0.1", "-6 route add default via fd\(net)::1"]
    try ip(client, batch.joined(separator: "\n"))
  }

  private func configureOrdinaryHost() throws {
    try ip(
      .h1,
      """
      addr add 10.50.0.50/24 dev eth0
      addr add fd50::50/64 dev eth0 nodad
      """)
    try addDefaultRoutes(.h1)
  }

  /// Nothing but addresses and a default route: no sysctl, and duplicate address detection stays on (H4).
  func configureServer(_ server: LabHost) throws {
    // Alone in its network the address would be a host's: those on loopback are.
    let lengths = server == .s4 ? (32, 128, "lo") : (24, 64, "eth0")
    var batch = LabAddress.shared.map { address in
      "addr replace \(address)/\(LabAddress.isIPv6(address) ? lengths.1 : lengths.0) dev \(lengths.2)"
    }
    if server == .s4 {
      batch += ["addr replace 10.50.0.14/24 dev eth0", "addr replace fd50::14/64 dev eth0"]
    }
    try ip(server, batch.joined(separator: "\n"))
    try addDefaultRoutes(server)
  }

  func addDefaultRoutes(_ host: LabHost) throws {
    try ip(host, "route replace default via 10.50.0.1\n-6 route replace default via fd50::1 dev eth0")
  }

  /// Lines of `ip -batch` in a host's namespace.
  func ip(_ host: LabHost, _ batch: String) throws {
    // A batch has one family for all lines, so lines that name theirs go alone.
    for (family, lines) in [("-4", "4"), ("-6", "6")] {
      let mine = batch.split(separator: "\n").filter { $0.hasPrefix("-6 ") == (lines == "6") }
      guard !mine.isEmpty else { continue }
      let text = mine.map { $0.hasPrefix("-6 ") ? $0.dropFirst(3) : $0 }.joined(separator: "\n") + "\n"
      let options = lines == "6" ? [family] : []
      try Program("ip", options + ["-n", namespace(of: host), "-batch", "-"], input: text).succeed()
    }
  }
}
