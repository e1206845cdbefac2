import SwitchModel
import Wire

/// The pool of routers (H9, H10), in the layouts with one.
extension LabChecks {
  /// Bytes that each router of the pool has sent outward.
  private func sentOutward() throws -> [LabHost: UInt64] {
    var bytes: [LabHost: UInt64] = [:]
    for router in LabHost.pool {
      // Interface, eight figures of what came in, then the bytes that went out.
      let line = try lab.succeed(in: router, "cat", ["/proc/net/dev"]).lines.first { $0.contains("net:") }
      let fields = (line ?? "").split { $0 == ":" || $0.isWhitespace }
      guard fields.count > 9, let count = UInt64(fields[9]) else {
        throw LabError.refused("\(router) has no interface 'net'")
      }
      bytes[router] = count
    }
    return bytes
  }

  private static func difference(
    _ before: [LabHost: UInt64], _ after: [LabHost: UInt64]
  ) -> [LabHost: UInt64] {
    after.merging(before) { $0 >= $1 ? $0 - $1 : $0 }
  }

  /// Every server's default router is p1; each sees the MAC of one of the four. The switch deals them when it has heard
  /// of them, and tells those that it had answered before.
  package func routersAreSpread() throws -> [Finding] {
    try (0...1).map { family in
      let address = LabHost.p1.addresses[family]
      for server in LabHost.hosted { _ = try resolve(address, by: server) }
      var seen: [String: Int] = [:]
      _ = try Waiting.until(within: .seconds(8), every: .milliseconds(300)) {
        seen = [:]
        for server in LabHost.hosted {
          let mac = try neighbour(address, of: server)
          let router = mac.flatMap { LabHost.with(mac: $0) }?.name ?? mac?.description ?? "nobody"
          seen[router, default: 0] += 1
        }
        return LabHost.pool.allSatisfy { seen[$0.name] == 2 }
      }
      return Finding(
        family == 0 ? "H9" : "X1", "eight servers ask for \(address), and each router is answered to two",
        LabHost.pool.allSatisfy { seen[$0.name] == 2 }, Self.text(seen))
    }
  }

  /// One MAC for all in a pool that balances per flow.
  package func poolHasVirtualMAC() throws -> [Finding] {
    try (0...1).map { family in
      let address = LabHost.p1.addresses[family]
      let macs = Set(try LabHost.hosted.map { try resolve(address, by: $0)?.description ?? "nothing" })
      let real = Set(LabHost.pool.map(\.mac.description))
      return Finding(
        family == 0 ? "H9" : "X1", "all servers get one MAC for \(address), which is no router's",
        macs.count == 1 && macs.isDisjoint(with: real) && !macs.contains("nothing"),
        macs.sorted().joined(separator: ", "))
    }
  }

  /// All servers send as much as they can, for so long; bytes by router.
  private func push(seconds: Int, family: Int = 0) throws -> [LabHost: UInt64] {
    // Flow by flow chance decides: of 16 flows one router of four gets none once in a hundred times, of 96 never.
    let streams = lab.layout == .routersPerFlow ? 12 : 2
    let arguments = [
      "lab", "agent", "push", "--to", LabHost.x1.addresses[family], "--port", "\(LabNetwork.sinkPort)",
      "--streams", "\(streams)", "--seconds", "\(seconds + 2)",
    ]
    let running = try LabHost.hosted.map { server in
      try lab.start("push \(server)", in: server, Program(path: lab.binary, arguments))
    }
    // From one look to the next, the beginning left out.
    try Waiting.pause(.milliseconds(700))
    let before = try sentOutward()
    try Waiting.pause(.seconds(seconds))
    let after = try sentOutward()
    for process in running { process.signal(15) }
    _ = try Waiting.until(within: .seconds(5)) { !running.contains(where: \.isAlive) }
    return Self.difference(before, after)
  }

  /// Outward traffic of servers that all have one default router, by 1, 2, 3 and 4 routers whose way out is shaped.
  package func routersScale(seconds: Int = 2) throws -> [Finding] {
    var sums: [Double] = []
    var last: [LabHost: UInt64] = [:]
    do {
      for count in 1...4 {
        for (at, router) in LabHost.pool.enumerated() {
          try lab.order(at < count ? "enable" : "disable", "out/\(router)")
        }
        last = try push(seconds: seconds)
        sums.append(Double(last.values.reduce(0, +)))
      }
    } catch {
      for router in LabHost.pool { _ = try? lab.order("enable", "out/\(router)") }
      throw error
    }
    let ratios = sums.map { sums[0] > 0 ? $0 / sums[0] : 0 }
    let rates = sums.map { Int($0 * 8 / 1e6 / Double(seconds)) }
    func text(_ value: Double) -> String { "\(Double(Int(value * 100)) / 100)" }
    return [
      Finding(
        "H9", "four routers carry more than three times what one does",
        ratios[3] > 3,
        "1 to 4 routers of \(LabNetwork.routerRate) Mbit/s: \(rates.map(String.init).joined(separator: ", ")) Mbit/s, "
          + "\(ratios.map(text).joined(separator: " : "))"),
      Finding(
        "H9", "all four take part", last.count == 4 && last.values.allSatisfy { $0 > 100_000 },
        Self.text(Dictionary(uniqueKeysWithValues: last.map { ($0.key.name, Int($0.value >> 10)) })) + " KiB"),
    ]
  }

  /// Outward traffic is carried by all four, whatever the ratio.
  package func routersAllCarry(family: Int = 0) throws -> [Finding] {
    let bytes = try push(seconds: 1, family: family)
    return [
      Finding(
        "H9", "all four routers carry outward traffic to \(LabHost.x1.addresses[family])",
        LabHost.pool.allSatisfy { bytes[$0, default: 0] > 100_000 },
        Self.text(Dictionary(uniqueKeysWithValues: bytes.map { ($0.key.name, Int($0.value >> 10)) })) + " KiB"
      )
    ]
  }

  /// A router of the pool fails and comes back, while servers hold connections to the world through it.
  package func routerFails(_ fault: Fault, _ victim: LabHost = .p2) throws -> [Finding] {
    try lab.awaitRouters()
    var load = LabLoad(lab)
    do {
      for server in LabHost.hosted {
        for address in LabHost.x1.addresses { try load.hold(address, from: server, count: 6) }
      }
      try load.awaitAnswers()
      let mark = try newestEvent()
      let held = try holders(of: victim)
      try lab.inflict(fault, on: victim)
      let down = try awaitEvent("router-down", of: "out/\(victim)", after: mark)
      _ = try awaitEvent("router-down", of: "out6/\(victim)", after: mark)
      // The neighbour tables say what they said: what the servers send to the dead router's MAC is carried all the
      // same.
      let stillHeld = try holders(of: victim)
      try Waiting.pause(.milliseconds(1500))
      let meanwhile = load.now.flatMap { report in report.broken.map { (report, $0) } }
      var findings = [
        Finding(
          "H10", "\(victim) fails (\(fault.text)), and an event says what follows",
          down.map { !$0.cause.isEmpty } ?? false, Self.text(down))
      ]
      if lab.layout == .routers {
        findings.append(
          Finding(
            "H10", "servers have its MAC in their tables, before and after",
            !held.isEmpty && stillHeld == held,
            held.map(\.name).joined(separator: ", ")))
      }
      try lab.mend(fault, on: victim)
      try lab.awaitRouters()
      // By flows only new ones return to it; by servers all of those that are its own.
      let carried: UInt64
      if lab.layout == .routers {
        let bytes = try sentOutward()
        try Waiting.pause(.seconds(1))
        carried = Self.difference(bytes, try sentOutward())[victim, default: 0]
      } else {
        carried = try push(seconds: 1)[victim, default: 0]
      }
      let (holds, _) = try load.end()
      let connections = holds.flatMap(\.connections)
      // Two loads a server, in order.
      let broken = holds.enumerated().flatMap { at, report in
        report.broken.map { "\(LabHost.hosted[at / 2]): \(report.trouble(of: $0) ?? "")" }
      }
      let pause = connections.map(\.longest_wait).max() ?? 0
      findings += [
        Finding(
          "H10", "connections to the world outside go on, IPv4 and IPv6",
          broken.isEmpty && meanwhile.isEmpty && connections.count == 96,
          "\(connections.count) connections, \(broken.count) broken\(broken.first.map { " (\($0))" } ?? ""), "
            + "longest wait \(pause / 1000) ms"),
        Finding(
          "H10", "\(victim) carries traffic again when it is back", carried > 1000,
          "\(carried) bytes in a second"
        ),
      ]
      return findings
    } catch {
      load.abandon()
      try? lab.mend(fault, on: victim)
      throw error
    }
  }

  /// The servers whose neighbour table has a router's MAC for their default router.
  private func holders(of router: LabHost) throws -> [LabHost] {
    try LabHost.hosted.filter { try neighbour(LabHost.p1.addresses[0], of: $0) == router.mac }
  }
}
