import SwitchModel

/// The layouts with a pool of routers: eight servers with one default router, p1; four routers; the world outside, which
/// answers by a fifth, so that what it sends does not share the cables that are measured.
extension LabNetwork {
  /// What each router of the pool can send outward, in Mbit/s.
  static let routerRate = 50
  static let sinkPort: UInt16 = 9

  func buildPool() throws {
    try ip(.r1, "link add world type veth peer name eth9 netns \(namespace(of: .x1))\nlink set world up")
    try ip(.x1, "link set eth9 up\naddr add 10.30.0.1/32 dev lo\naddr add fd30::1/128 dev lo")
    // Beside clusters it is a router already.
    if !layout.hasClusters {
      try forward(.r1)
      try ip(.r1, "addr add 10.50.0.1/24 dev lan\naddr add fd50::1/64 dev lan nodad")
    }
    try ip(
      .r1,
      """
      addr add 10.30.9.1/24 dev world
      addr add fd30:9::1/64 dev world nodad
      route add 10.30.0.1/32 via 10.30.9.2
      -6 route add fd30::1/128 via fd30:9::2
      """)
    try ip(
      .x1,
      """
      addr add 10.30.9.2/24 dev eth9
      addr add fd30:9::2/64 dev eth9 nodad
      route add default via 10.30.9.1
      -6 route add default via fd30:9::1
      """)
    for router in LabHost.pool { try buildRouter(router) }
    for server in layout.hosted {
      try ip(
        server,
        """
        addr add \(server.addresses[0])/24 dev eth0
        addr add \(server.addresses[1])/64 dev eth0 nodad
        route add default via \(LabHost.p1.addresses[0])
        -6 route add default via \(LabHost.p1.addresses[1])
        """)
    }
  }

  /// A router of the pool, also again after its namespace was gone: its cable to the world, addresses, routes, and
  /// how fast it may send.
  func buildRouter(_ router: LabHost) throws {
    let number = router.number
    try ip(
      router, "link add net type veth peer name eth\(number) netns \(namespace(of: .x1))\nlink set net up")
    try ip(
      .x1,
      """
      link set eth\(number) up
      addr add 10.30.\(number).2/24 dev eth\(number)
      addr add fd30:\(number)::2/64 dev eth\(number) nodad
      """)
    try forward(router)
    try ip(
      router,
      """
      addr add 10.30.\(number).1/24 dev net
      addr add fd30:\(number)::1/64 dev net nodad
      route add 10.30.0.1/32 via 10.30.\(number).2
      -6 route add fd30::1/128 via fd30:\(number)::2
      """)
    try succeed(
      in: router, "tc", ["qdisc", "add", "dev", "net", "root", "handle", "1:", "htb", "default", "1"])
    try succeed(
      in: router, "tc",
      [
        "class", "add", "dev", "net", "parent", "1:", "classid", "1:1", "htb", "rate",
        "\(Self.routerRate)mbit",
        "burst", "15k", "quantum", "1514",
      ])
    try succeed(
      in: router, "tc",
      ["qdisc", "add", "dev", "net", "parent", "1:1", "handle", "10:", "pfifo", "limit", "60"])
    // It answers probes when it can carry traffic: a question to a cable that has just come up can be lost, and what
    // waits for the answer waits for a second then.
    for address in LabHost.x1.addresses {
      guard
        try Waiting.until(
          within: .seconds(5), { try run(in: router, "ping", ["-c1", "-W1", address]).succeeded })
      else { throw LabError.refused("\(router) does not reach x1 at \(address)") }
    }
    try ip(
      router,
      """
      addr add \(router.addresses[0])/24 dev lan
      addr add \(router.addresses[1])/64 dev lan nodad
      addr add fe80::2\(number)/64 dev lan nodad
      """)
  }

  private func forward(_ router: LabHost) throws {
    try succeed(
      in: router, "sysctl",
      [
        "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
        "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.default.send_redirects=0",
        "net.ipv4.conf.lan.send_redirects=0",
      ])
  }

  func startWorld(_ said: (String) -> Void) throws {
    said("programs: the lab's own server, and one that swallows what it gets, on x1")
    try Progress.shared.during("starting the servers' programs") {
      try startAgent(.x1)
      let sink = ["lab", "agent", "serve", "--name", "x1", "--sink", "--port", "\(Self.sinkPort)"]
      try start(
        "sink x1", in: .x1,
        Program(path: binary, sink + LabHost.x1.addresses.flatMap { ["--address", $0] }))
      try awaitListener(.x1, "serve-\(LabAddress.agentPort)", port: Int(LabAddress.agentPort))
      try awaitListener(.x1, "sink", port: Int(Self.sinkPort))
    }
  }

  func findRouters(_ said: (String) -> Void) throws {
    said("the switch finds the routers")
    try Progress.shared.during("waiting until every router is operational") {
      try awaitRouters()
    }
  }

  /// Waits until every router, in the pools of both families, is operational and has answered a probe: until the switch
  /// has found an address of its own nobody is probed, and that a port is up is all that counts.
  func awaitRouters(within limit: Duration = .seconds(20)) throws {
    var waiting: [String] = []
    let reached = try Waiting.until(within: limit, every: .milliseconds(100)) {
      guard let daemon = process("daemon"), daemon.isAlive else {
        throw LabError.refused("the daemon ended:\n\(daemonSaid)")
      }
      let answered = Set(try probes().filter { $0.state == "operational" }.flatMap(\.targets))
      let rows = try routers()
      waiting = rows.filter { $0.state != "operational" || !answered.contains("\($0.pool)/\($0.name)") }
        .map { "\($0.pool)/\($0.name) \($0.state)" }
      return rows.count == 2 * LabHost.pool.count && waiting.isEmpty
    }
    guard reached else {
      throw LabError.refused(
        "routers do not all answer after \(limit.components.seconds) s: \(waiting.joined(separator: ", "))\n\(daemonSaid)"
      )
    }
  }
}
