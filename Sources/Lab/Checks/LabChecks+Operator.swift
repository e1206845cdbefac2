import SwitchModel

/// What an operator orders: draining and taking in again (X5).
extension LabChecks {
  package func drainsWithoutBreaking(_ victim: LabHost = .s3) throws -> [Finding] {
    try lab.awaitMembers()
    let subject = "live/\(victim)"
    var load = LabLoad(lab)
    do {
      try load.hold(LabAddress.live[0], from: .a1, count: 40)
      try load.awaitAnswers()
      let mark = try newestEvent()
      try lab.order("drain", subject)
      let begun = try Waiting.until(within: .seconds(5)) {
        try member("live", victim.name).admin_state == "draining"
      }
      let during = try fetch(LabAddress.live[0], port: LabAddress.agentPort, from: .b1, count: 60)
      // Some time for the connections, the settle time of the lab's switch and more.
      try Waiting.pause(.seconds(4))
      let early = try events(after: mark).contains { $0.kind == "drained" && $0.subject == subject }
      let (holds, _) = try load.end()
      let drained = try awaitEvent("drained", of: subject, after: mark, within: .seconds(20))
      try lab.order("enable", subject)
      var after: [String: Int] = [:]
      _ = try Waiting.until(within: .seconds(5)) {
        after = try fetch(LabAddress.live[0], port: LabAddress.agentPort, from: .b1, count: 60)
        return after[victim.name] != nil
      }
      let report = holds[0]
      let theirs = report.connections.filter { $0.servers.first == victim.name }.count
      return [
        Finding(
          "X5", "a draining server gets no new connection",
          begun && during[victim.name] == nil && during.values.reduce(0, +) == 60, Self.text(during)),
        Finding(
          "X5", "the connections that it has go on", report.broken.isEmpty && theirs > 0,
          "\(report.connections.count) connections, \(theirs) with \(victim), \(report.broken.count) broken"),
        Finding(
          "X5", "it is not empty while they run", !early, early ? "said to be empty" : "still draining"),
        Finding("X5", "draining ends by itself when they have ended", drained != nil, Self.text(drained)),
        Finding(
          "X5", "enabled again, it gets new connections", after[victim.name] != nil, Self.text(after)),
      ]
    } catch {
      load.abandon()
      _ = try? lab.order("enable", subject)
      throw error
    }
  }

  /// A returned server's share grows step by step in a cluster with slow start.
  package func startsSlowly(_ victim: LabHost = .s1) throws -> [Finding] {
    try lab.awaitMembers()
    let full = try Waiting.until(within: .seconds(10), every: .milliseconds(200)) {
      // What an earlier start has left to grow.
      abs(try member("rescue", "s1").buckets - (try member("rescue", "s2").buckets)) <= 1
    }
    try lab.setMode(victim, "wrong /health")
    try awaitState(["failed"], of: victim.name, in: "rescue")
    try lab.setMode(victim, "ok")
    try awaitState(["operational"], of: victim.name, in: "rescue")
    var seen: [Int] = []
    _ = try Waiting.until(within: .seconds(15), every: .milliseconds(100)) {
      let now = try member("rescue", victim.name).buckets
      if seen.last != now { seen.append(now) }
      return now >= 511
    }
    let grows = zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 }
    return [
      Finding(
        "X5", "slow start: the share of a returned server grows in steps to what it was",
        full && grows && seen.count >= 4 && (seen.first ?? 512) < 256 && (seen.last ?? 0) >= 511,
        "buckets of 1024: \(seen.map(String.init).joined(separator: ", "))")
    ]
  }
}
