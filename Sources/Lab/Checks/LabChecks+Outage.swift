import SwitchModel

/// More than one server fails; one fails again and again.
extension LabChecks {
  private func setAll(_ mode: String) throws {
    for server in LabHost.servers { try lab.setMode(server, mode) }
  }

  /// All members fail: frames are dropped with a reason, and all comes back. Where a member of last resort is
  /// configured it serves meanwhile.
  package func allFail() throws -> [Finding] {
    try lab.awaitMembers()
    var findings: [Finding] = []
    do {
      let mark = try newestEvent()
      let dropped = try noMember()
      // s4 last of all, so that the sorry server is seen at work before.
      for server in LabHost.plainServers { try lab.setMode(server, "wrong /health") }
      for server in [LabHost.s1, .s2] { try awaitState(["failed"], of: server.name, in: "rescue") }
      let sorry = try fetch(LabAddress.rescue[0], port: LabAddress.agentPort, from: .a1, count: 20)
      findings.append(
        Finding(
          "H11", "with all others failed the member of last resort serves", sorry == ["s4": 20],
          Self.text(sorry)))
      try lab.setMode(.s4, "wrong /health")
      let failed = try awaitEvent("cluster-failed", of: "live", after: mark)
      let nobody = try fetch(LabAddress.live[0], port: LabAddress.agentPort, from: .a1, count: 2)
      let drops = try noMember() - dropped
      let state = try lab.clusters().first { $0.name == "live" }?.state ?? "?"
      findings.append(
        Finding(
          "H11", "all members failed: the cluster is, and an event says so",
          failed != nil && state == "failed",
          "\(state); \(Self.text(failed))"))
      findings.append(
        Finding(
          "H11", "frames for it are dropped, by the reason no-member", nobody.isEmpty && drops > 0,
          "\(drops) dropped, answers: \(Self.text(nobody))"))
      try setAll("ok")
      let restored = try awaitEvent("cluster-restored", of: "live", after: mark)
      try lab.awaitMembers()
      let counts = try fetch(LabAddress.live[0], port: LabAddress.agentPort, from: .a1, count: 60)
      findings.append(
        Finding(
          "H12", "all back: all four serve again",
          restored != nil && counts.values.reduce(0, +) == 60 && counts.count == LabHost.servers.count,
          "\(Self.text(counts)); \(Self.text(restored))"))
      // The sorry server keeps the connections that it has, and gets no new ones.
      let after = try fetch(LabAddress.rescue[0], port: LabAddress.agentPort, from: .a1, count: 20)
      findings.append(
        Finding(
          "H11", "the member of last resort has nothing to do then",
          after["s4"] == nil && after.values.reduce(0, +) == 20, Self.text(after)))
      return findings
    } catch {
      try? setAll("ok")
      throw error
    }
  }

  private func noMember() throws -> UInt64 {
    try lab.drops().filter { $0.reason == "no-member" }.map(\.packets).reduce(0, +)
  }

  /// A server that comes and goes is kept out for a while.
  package func flappingIsDamped(_ victim: LabHost = .s3) throws -> [Finding] {
    try lab.awaitMembers()
    let role = lab.agentRole(victim, port: LabAddress.dampedPort)
    let subject = "damped/\(victim)"
    let mark = try newestEvent()
    for _ in 0..<3 {
      lab.process(role)?.signal(9)
      try awaitState(["failed"], of: victim.name, in: "damped")
      try lab.startAgent(victim, port: LabAddress.dampedPort)
      // The third time it is kept out, so this is not waited for in vain.
      _ = try Waiting.until(within: .milliseconds(1500), every: .milliseconds(50)) {
        try member("damped", victim.name).state == "operational"
      }
    }
    let damped = try awaitEvent("probe-damped", of: subject, after: mark)
    let state = try lab.probes().first { $0.targets.contains(subject) }?.state ?? "?"
    let during = try fetch(LabAddress.damped[0], port: LabAddress.dampedPort, from: .a1, count: 20)
    try awaitState(["operational"], of: victim.name, in: "damped", within: .seconds(15))
    let ups = try events(after: mark).filter { $0.kind == "member-up" && $0.subject == subject }.count
    return [
      Finding(
        "H12", "a server that fails three times is kept out, though it answers",
        damped != nil && state == "damped" && during == ["s4": 20],
        "\(Self.text(damped)); \(Self.text(during))"),
      Finding("H12", "and is taken in when it has been quiet", ups == 3, "taken in \(ups) times"),
    ]
  }
}
