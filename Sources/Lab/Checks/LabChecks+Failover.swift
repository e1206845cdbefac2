import SwitchModel

/// A server of the cluster `live` fails and comes back, while connections and datagrams run (item by item of
/// `Fault`).
extension LabChecks {
  /// One fault at a time is what the findings are about. Where another member failed meanwhile, or the victim twice (the
  /// machine was too busy to answer probes in time), the buckets that it moved are no finding: then all is done again.
  package func survives(_ fault: Fault, victim: LabHost = .s2) throws -> [Finding] {
    for _ in 0..<2 {
      let mark = try newestEvent()
      let findings = try survivesOnce(fault, victim: victim)
      let failures = try events(after: mark).filter {
        $0.kind == "member-down" && $0.subject.hasPrefix("live/")
      }
      if findings.allSatisfy(\.holds) || failures.count <= 1 { return findings }
    }
    return try survivesOnce(fault, victim: victim)
  }

  private func survivesOnce(_ fault: Fault, victim: LabHost) throws -> [Finding] {
    try lab.awaitMembers()
    // What is still on its way from an earlier fault would move in this one.
    let isSettled = try Waiting.until(within: .seconds(30), every: .milliseconds(200)) {
      try lab.buckets().allSatisfy { $0.cluster != "live" || $0.state == "steady" }
    }
    guard isSettled else { throw LabError.refused("buckets of live do not settle") }
    var load = LabLoad(lab)
    do {
      try load.hold(LabAddress.live[0], from: .a1, count: 40)
      try load.hold(LabAddress.live[1], from: .b1, count: 24)
      try load.stream(LabAddress.live[0], from: .b1, flows: 16)
      try load.awaitAnswers()
      let before = try owners("live")
      var mark = try newestEvent()
      let began = try lab.inflict(fault, on: victim)
      let down = try awaitEvent("member-down", of: "live/\(victim)", after: mark)
      _ = try awaitEvent("member-down", of: "live6/\(victim)", after: mark)
      let without = try owners("live")
      var findings = [told(down, fault, victim), movedAway(before, without, victim, down)]
      findings.append(try newOnes("while \(victim) is failed", without: victim))
      mark = try newestEvent()
      try lab.mend(fault, on: victim)
      let up = try awaitEvent("member-up", of: "live/\(victim)", after: mark, within: .seconds(15))
      try awaitState(["operational"], of: victim.name, in: "live6")
      findings.append(
        Finding(
          "H12", "\(victim) is taken in again by itself", up != nil, Self.text(up)))
      // A bucket that is still on its way from an earlier fault moves when that has settled.
      var after = try owners("live")
      _ = try Waiting.until(within: .seconds(15), every: .milliseconds(200)) {
        after = try owners("live")
        return movedBack(without, after, victim).holds
      }
      var back = movedBack(without, after, victim)
      if !back.holds { back.fact += "; " + (try events(after: mark).map(Self.text).joined(separator: "; ")) }
      findings.append(back)
      findings.append(try newOnes("once \(victim) is back", with: victim))
      let (holds, streams) = try load.end()
      findings.append(connections(holds, victim, began: began))
      findings.append(datagrams(streams, victim))
      return findings
    } catch {
      load.abandon()
      try? lab.mend(fault, on: victim)
      throw error
    }
  }

  private func told(_ event: EventRow?, _ fault: Fault, _ victim: LabHost) -> Finding {
    Finding(
      "H12", "\(victim): \(fault.text), and an event says what that is and what follows",
      event.map { !$0.cause.isEmpty && !$0.effect.isEmpty } ?? false, Self.text(event))
  }

  private func movedAway(
    _ before: [String?], _ after: [String?], _ victim: LabHost, _ event: EventRow?
  ) -> Finding {
    let had = before.indices.filter { before[$0] == victim.name }
    let moved = Self.moved(before, after)
    let left = after.filter { $0 == victim.name }.count
    return Finding(
      "X8", "exactly the buckets of \(victim) move to others",
      !had.isEmpty && moved == had && left == 0 && event?.buckets_moved == had.count,
      "\(had.count) were its, \(moved.count) moved, the event says \(event?.buckets_moved ?? 0)")
  }

  private func movedBack(_ without: [String?], _ after: [String?], _ victim: LabHost) -> Finding {
    let moved = Self.moved(without, after)
    let elsewhere = moved.filter { after[$0] != victim.name }.count
    // A quarter of them; with the rounding of three quarters before.
    let due = after.count / LabHost.servers.count
    return Finding(
      "X8", "on its return only its share moves, and only to it",
      abs(moved.count - due) <= 1 && elsewhere == 0,
      "\(moved.count) moved, \(due) due, \(elsewhere) to others")
  }

  /// New connections, each answered, and by whom.
  private func newOnes(
    _ when: String, without absent: LabHost? = nil, with present: LabHost? = nil
  ) throws -> Finding {
    let counts = try fetch(LabAddress.live[0], port: LabAddress.agentPort, from: .a1, count: 60)
    let answered = counts.values.reduce(0, +)
    let right =
      absent.map { counts[$0.name] == nil } ?? true && present.map { counts[$0.name] != nil } ?? true
    return Finding(
      "H12", "60 new connections \(when) are answered\(present.map { ", by \($0) too" } ?? "")",
      answered == 60 && right, Self.text(counts))
  }

  /// Only those that were with the victim when it failed may break.
  private func connections(_ reports: [HoldReport], _ victim: LabHost, began: Int64) -> Finding {
    var broken = 0
    var theirs = 0
    var wrong: [String] = []
    var total = 0
    var pause: Int64 = 0
    for report in reports {
      for connection in report.connections {
        total += 1
        if connection.servers.first == victim.name { theirs += 1 }
        guard let trouble = report.trouble(of: connection) else {
          if connection.servers.first != victim.name { pause = max(pause, connection.longest_wait) }
          continue
        }
        if connection.servers.first == victim.name, connection.broken_at ?? began >= began {
          broken += 1
        } else {
          wrong.append("\(connection.servers.first ?? "nobody's"): \(trouble)")
        }
      }
    }
    return Finding(
      "H12", "no connection breaks but those with \(victim), now or when it returns",
      wrong.isEmpty && total - theirs > 0 && theirs > 0,
      "\(total) connections, \(theirs) with \(victim), \(broken) of these broken, others broken: \(wrong.count)"
        + (wrong.first.map { " (\($0))" } ?? "") + "; longest wait of the others \(pause / 1000) ms")
  }

  private func datagrams(_ reports: [StreamReport], _ victim: LabHost) -> Finding {
    var wandering = 0
    var lost = 0
    var others = 0
    for flow in reports.flatMap(\.flows) {
      let servers = StreamReport.servers(of: flow)
      guard servers.first != victim.name else { continue }
      others += 1
      lost += StreamReport.lost(of: flow)
      if servers.count != 1 { wandering += 1 }
    }
    return Finding(
      "X8", "datagrams of the other servers' flows stay where they were, there and back",
      wandering == 0 && others > 0, "\(others) flows, \(wandering) changed, \(lost) datagrams lost")
  }
}
