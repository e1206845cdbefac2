import SwitchModel

/// The availability cluster `pair`: s1, s2, s3 in the order of succession (H11).
extension LabChecks {
  private static let order: [LabHost] = LabHost.plainServers

  private func primary() throws -> LabHost? {
    try lab.members().first { $0.cluster == "pair" && $0.state == "primary" }.flatMap {
      LabHost(rawValue: $0.name)
    }
  }

  /// Waits for a primary that is not `former`.
  private func awaitPrimary(otherThan former: LabHost) throws -> LabHost? {
    var found: LabHost?
    _ = try Waiting.until(within: .seconds(8), every: .milliseconds(50)) {
      found = try primary()
      return found != nil && found != former
    }
    return found == former ? nil : found
  }

  private func serves(_ host: LabHost) throws -> (holds: Bool, fact: String) {
    let counts = try fetch(LabAddress.pair[0], port: LabAddress.agentPort, from: .a1, count: 20)
    return (counts == [host.name: 20], Self.text(counts))
  }

  /// The primary fails, returns, and its successor fails in turn.
  package func succession() throws -> [Finding] {
    try lab.awaitMembers()
    guard let first = try primary() else { throw LabError.refused("pair has no primary") }
    let heir = Self.order.first { $0 != first } ?? first
    var findings: [Finding] = []
    var load = LabLoad(lab)
    do {
      let mark = try newestEvent()
      let alone = try serves(first)
      findings.append(Finding("H11", "the primary, \(first), serves everything", alone.holds, alone.fact))
      try lab.inflict(.program, on: first)
      let second = try awaitPrimary(otherThan: first)
      let event = try awaitEvent("primary", of: "pair/\(heir)", after: mark)
      let taken = try serves(heir)
      findings.append(
        Finding(
          "H11", "it fails: \(heir), the next in order, is primary and serves", second == heir && taken.holds,
          "\(taken.fact); \(Self.text(event))"))
      try load.hold(LabAddress.pair[0], from: .b1, count: 20)
      try load.awaitAnswers()
      try lab.mend(.program, on: first)
      let state = try awaitState(["secondary-operational", "primary"], of: first.name, in: "pair")
      try Waiting.pause(.milliseconds(800))
      let still = try serves(heir)
      let primary = try self.primary()
      let (holds, _) = try load.end()
      findings.append(
        Finding(
          "H11", "\(first) returns and does not pre-empt",
          state == "secondary-operational" && primary == heir && still.holds, "\(state); \(still.fact)"))
      findings.append(
        Finding(
          "H11", "no connection breaks by its return", holds[0].broken.isEmpty,
          "\(holds[0].connections.count) connections, \(holds[0].broken.count) broken"))
      // The second time: whoever is first in order among the able.
      let able = Self.order.first { $0 != heir } ?? first
      try lab.inflict(.program, on: heir)
      let third = try awaitPrimary(otherThan: heir)
      let again = try serves(able)
      try lab.mend(.program, on: heir)
      try awaitState(["secondary-operational"], of: heir.name, in: "pair")
      findings.append(
        Finding(
          "H11", "\(heir) fails too: \(able), first in order of those left, serves",
          third == able && again.holds, "primary \(third?.name ?? "none"); \(again.fact)"))
      return findings
    } catch {
      load.abandon()
      for server in Self.order where lab.process(lab.agentRole(server))?.isAlive != true {
        try? lab.startAgent(server)
      }
      throw error
    }
  }

  /// All three fail; the first that returns is primary.
  package func allOfAvailabilityFail() throws -> [Finding] {
    try lab.awaitMembers()
    do {
      let mark = try newestEvent()
      for server in Self.order { try lab.setMode(server, "wrong /health") }
      let failed = try awaitEvent("cluster-failed", of: "pair", after: mark)
      for server in Self.order {
        // The last primary has nobody to hand over to, and is a failed one.
        try awaitState(["secondary-failed"], of: server.name, in: "pair")
      }
      let none = try primary()
      let back = LabHost.s3
      try lab.setMode(back, "ok")
      let first = try Waiting.until(within: .seconds(8)) { try primary() == back }
      for server in Self.order { try lab.setMode(server, "ok") }
      try lab.awaitMembers()
      let serving = try serves(back)
      return [
        Finding(
          "H11", "all members failed: there is no primary", failed != nil && none == nil, Self.text(failed)),
        Finding(
          "H11", "the first that returns, \(back), is primary and stays it", first && serving.holds,
          serving.fact),
      ]
    } catch {
      for server in Self.order { try? lab.setMode(server, "ok") }
      throw error
    }
  }
}
