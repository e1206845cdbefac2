import Glibc

/// Faults, and their repair.
extension LabNetwork {
  /// Inflicts a fault on a host; returns when that began, in microseconds since 1970.
  @discardableResult
  func inflict(_ fault: Fault, on host: LabHost) throws -> Int64 {
    switch fault {
    case .program:
      guard let agent = process(agentRole(host)), agent.isAlive else {
        throw LabError.refused("there is no server program on \(host) to kill")
      }
      let began = WallClock.now
      agent.signal(SIGKILL)
      return began
    case .namespace: return try destroy(host)
    case .link: return try setLink(host, up: false)
    case .blackhole:
      let began = WallClock.now
      let rules = """
        table netdev hole {
          chain arrivals {
            type filter hook ingress device "\(host.nic)" priority 0; policy drop;
          }
        }

        """
      try succeed(in: host, "nft", ["-f", "-"], input: rules)
      return began
    case .late, .wrong:
      let began = WallClock.now
      try setMode(host, fault == .late ? "late 1000" : "wrong /health")
      return began
    }
  }

  /// Makes good what `inflict` did. Returns before the switch has noticed.
  func mend(_ fault: Fault, on host: LabHost) throws {
    switch fault {
    case .program: try startAgent(host)
    case .namespace: try revive(host)
    case .link:
      try setLink(host, up: true)
      // Without a link the kernel forgets the routes and the IPv6 addresses.
      try configure(host)
    case .blackhole: try succeed(in: host, "nft", ["delete", "table", "netdev", "hole"])
    case .late, .wrong: try setMode(host, "ok")
    }
  }

  @discardableResult
  private func setLink(_ host: LabHost, up: Bool) throws -> Int64 {
    let arguments = ["set-link", "--interface", host.nic] + (up ? ["--up"] : [])
    let said = try agent(in: host, arguments).lines.first
    guard let began = said.flatMap({ Int64($0) }) else {
      throw LabError.refused("set-link does not say when")
    }
    return began
  }

  /// Kills what runs on a host, and the host. The kernel removes a network namespace, and its ends of cables, a moment
  /// after its last process.
  private func destroy(_ host: LabHost) throws -> Int64 {
    let namespace = namespace(of: host)
    let processes = Self.processes(in: [namespace])
    let began = WallClock.now
    for process in processes { process.signal(SIGKILL) }
    try Program("ip", ["netns", "delete", namespace]).succeed()
    let gone = try Waiting.until(within: .seconds(20)) {
      try !run(in: .sw, "ip", ["link", "show", "dev", host.switchPort]).succeeded
    }
    guard gone else { throw LabError.refused("\(host.switchPort) outlives \(host)") }
    return began
  }

  private func revive(_ host: LabHost) throws {
    try addNamespace(host)
    try layCable(host)
    if LabHost.pool.contains(host) {
      try buildRouter(host)
    } else {
      try startPrograms(host)
      try configureServer(host)
      try awaitPrograms(host)
    }
  }

  private func configure(_ host: LabHost) throws {
    guard LabHost.pool.contains(host) else { return try configureServer(host) }
    try ip(
      host,
      """
      addr replace \(host.addresses[1])/64 dev lan nodad
      addr replace fe80::2\(host.number)/64 dev lan nodad
      """)
  }
}
