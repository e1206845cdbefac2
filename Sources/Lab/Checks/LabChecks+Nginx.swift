import SwitchModel

/// The same with an ordinary program: nginx is killed on one of four servers, while clients load from all.
extension LabChecks {
  package func nginxIsKilled(on victim: LabHost = .s2) throws -> [Finding] {
    try lab.awaitMembers()
    var load = LabLoad(lab)
    do {
      try load.hold(LabAddress.web[0], port: 80, from: .a1, count: 40)
      try load.hold(LabAddress.web[1], port: 80, from: .b1, count: 40)
      try load.awaitAnswers()
      let mark = try newestEvent()
      guard let nginx = lab.process("nginx \(victim)"), nginx.isAlive else {
        throw LabError.refused("there is no nginx on \(victim) to kill")
      }
      // Its worker has the connections, and would outlive it.
      let workers = try lab.nginxProcesses(victim)
      for process in workers { process.signal(9) }
      let down = try awaitEvent("member-down", of: "web/\(victim)", after: mark)
      _ = try awaitEvent("member-down", of: "web6/\(victim)", after: mark)
      let meanwhile = try fetch(LabAddress.web[0], from: .a1, count: 60)
      try lab.startNginx(victim)
      let up = try awaitEvent("member-up", of: "web/\(victim)", after: mark)
      try awaitState(["operational"], of: victim.name, in: "web6")
      let after = try fetch(LabAddress.web[0], from: .a1, count: 60)
      let (holds, _) = try load.end()
      let connections = holds.flatMap(\.connections)
      let theirs = connections.filter { $0.servers.first == victim.name }
      let broken = holds.flatMap(\.broken)
      let others = broken.filter { $0.servers.first != victim.name }
      return [
        Finding(
          "H12", "nginx on \(victim) is killed: an event says so", down != nil, Self.text(down)),
        Finding(
          "H12", "of all connections only those with \(victim) break", others.isEmpty && !theirs.isEmpty,
          "\(connections.count) connections, \(theirs.count) with \(victim), \(others.count) others broken"),
        Finding(
          "H12", "new ones are answered by the rest",
          meanwhile.values.reduce(0, +) == 60 && meanwhile[victim.name] == nil, Self.text(meanwhile)),
        Finding(
          "H12", "started again, it gets new connections", up != nil && after[victim.name] != nil,
          "\(Self.text(after)); \(Self.text(up))"),
      ]
    } catch {
      load.abandon()
      if lab.process("nginx \(victim)")?.isAlive != true { try? lab.startNginx(victim) }
      throw error
    }
  }
}
