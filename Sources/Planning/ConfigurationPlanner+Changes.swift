import SwitchModel
import Wire

// What is added, changed, removed.
extension ConfigurationPlanner {
  /// `key: old → new` for each value that differs.
  private func differences(_ values: [(key: String, old: String, new: String)]) -> [String] {
    values.filter { $0.old != $0.new }.map { "\($0.key): \($0.old) → \($0.new)" }
  }

  var switchChanges: [PlannedChange] {
    func text(_ prefix: IPPrefix?) -> String { prefix.map(\.description) ?? "found" }
    let values: [(String, String, String)] = [
      ("name", former.name, next.name),
      ("datapath", former.datapath.rawValue, next.datapath.rawValue),
      ("address", text(former.address), text(next.address)),
      ("virtual-mac", former.virtualMAC.description, next.virtualMAC.description),
      ("station-ageing", former.stationAgeing.text, next.stationAgeing.text),
      ("settle-time", former.settleTime.text, next.settleTime.text),
      ("observe-time", former.observeTime.text, next.observeTime.text),
      ("hook", former.hook.joined(separator: " "), next.hook.joined(separator: " ")),
    ]
    var changes = values.filter { $0.1 != $0.2 }.map { key, old, new in
      PlannedChange(
        .changed, .switch, key, ["\(old.isEmpty ? "none" : old) → \(new.isEmpty ? "none" : new)"])
    }
    if former.api != next.api { changes.append(PlannedChange(.changed, .switch, "api", apiDifferences)) }
    return changes
  }

  private var apiDifferences: [String] {
    let (a, b) = (former.api ?? APIConfiguration(), next.api ?? APIConfiguration())
    return differences([
      ("listen", a.listen?.description ?? "none", b.listen?.description ?? "none"),
      ("certificate", a.certificate ?? "none", b.certificate ?? "none"),
      ("key", a.key ?? "none", b.key ?? "none"), ("tokens", a.tokens ?? "none", b.tokens ?? "none"),
      ("group", a.group ?? "none", b.group ?? "none"),
    ])
  }

  var portChanges: [PlannedChange] {
    let old = ConfigurationPlanner.byName(former.ports, \.name)
    let new = ConfigurationPlanner.byName(next.ports, \.name)
    return next.ports.compactMap { port in
      guard let before = old[port.name] else {
        return PlannedChange(.added, .port, port.name, ["role \(port.role.rawValue)"])
      }
      if before == port { return nil }
      return PlannedChange(
        .changed, .port, port.name, ["role: \(before.role.rawValue) → \(port.role.rawValue)"])
    }
      + former.ports.filter { new[$0.name] == nil }.map {
        PlannedChange(.removed, .port, $0.name, ["it is put back as it was found"])
      }
  }

  var clusterChanges: [PlannedChange] {
    let old = ConfigurationPlanner.byName(former.clusters, \.name)
    let new = ConfigurationPlanner.byName(next.clusters, \.name)
    var changes: [PlannedChange] = []
    for cluster in next.clusters {
      guard let before = old[cluster.name] else {
        changes.append(
          PlannedChange(
            .added, .cluster, cluster.name,
            [
              "address \(cluster.address)", "\(cluster.mode.rawValue), \(cluster.buckets) buckets",
              services(cluster),
            ]))
        changes += cluster.members.map { added($0, to: cluster.name) }
        continue
      }
      let details = differences(before, cluster)
      if !details.isEmpty { changes.append(PlannedChange(.changed, .cluster, cluster.name, details)) }
      changes += memberChanges(before, cluster)
    }
    return changes
      + former.clusters.filter { new[$0.name] == nil }.map {
        PlannedChange(
          .removed, .cluster, $0.name,
          ["address \($0.address)", ConfigurationPlanner.count($0.members.count, "member")])
      }
  }

  private func services(_ cluster: ClusterConfiguration) -> String {
    cluster.services.isEmpty
      ? "every service" : "services \(cluster.services.map(\.description).joined(separator: ", "))"
  }

  private func differences(_ a: ClusterConfiguration, _ b: ClusterConfiguration) -> [String] {
    var details = differences([
      ("address", "\(a.address)", "\(b.address)"), ("vlan", "\(a.vlan.raw)", "\(b.vlan.raw)"),
      ("services", services(a), services(b)), ("mode", a.mode.rawValue, b.mode.rawValue),
      ("hash", a.hash.rawValue, b.hash.rawValue), ("buckets", "\(a.buckets)", "\(b.buckets)"),
      ("shared-ports", "\(a.sharedPorts)", "\(b.sharedPorts)"),
      ("assignment", a.assignment.rawValue, b.assignment.rawValue),
      ("load-routine", ConfigurationPlanner.text(a.loadRoutine), ConfigurationPlanner.text(b.loadRoutine)),
      ("slow-start", a.slowStart.text, b.slowStart.text),
      ("sticky", a.stickyTime?.text ?? "off", b.stickyTime?.text ?? "off"),
    ])
    if let probe = probeDifference(a.probe, b.probe) { details.append(probe) }
    return details
  }

  private static func text(_ routine: LoadRoutineConfiguration?) -> String {
    routine.map { "\($0.measure.rawValue) every \($0.interval.text), tolerance \($0.tolerance)%" } ?? "off"
  }

  private func probeDifference(_ a: ProbeConfiguration?, _ b: ProbeConfiguration?) -> String? {
    if a == b { return nil }
    func text(_ probe: ProbeConfiguration?) -> String {
      guard let probe else { return "none" }
      let port = probe.port.map { " \($0)" } ?? ""
      return
        "\(probe.kind.rawValue)\(port)\(probe.path.map { " \($0)" } ?? "") every \(probe.interval.text), timeout \(probe.timeout.text), fall \(probe.fall), rise \(probe.rise)"
    }
    let (old, new) = (text(a), text(b))
    return old == new ? "probe: its details" : "probe: \(old) → \(new)"
  }

  // MARK: Members

  private func added(_ member: MemberConfiguration, to cluster: String) -> PlannedChange {
    var details = ["port \(member.port)", "weight \(member.weight)"]
    if member.isLastResort { details.append("last resort") }
    return PlannedChange(.added, .member, "\(cluster)/\(member.name)", details)
  }

  private func memberChanges(_ a: ClusterConfiguration, _ b: ClusterConfiguration) -> [PlannedChange] {
    let old = ConfigurationPlanner.byName(a.members, \.name)
    let new = ConfigurationPlanner.byName(b.members, \.name)
    var changes: [PlannedChange] = b.members.compactMap { member in
      guard let before = old[member.name] else { return added(member, to: b.name) }
      if before == member { return nil }
      let details = differences([
        ("port", before.port, member.port), ("vlan", "\(before.vlan.raw)", "\(member.vlan.raw)"),
        ("weight", "\(before.weight)", "\(member.weight)"),
        ("location", text(before.location), text(member.location)),
        ("last-resort", "\(before.isLastResort)", "\(member.isLastResort)"),
      ])
      return PlannedChange(.changed, .member, "\(b.name)/\(member.name)", details)
    }
    changes += a.members.filter { new[$0.name] == nil }.map {
      PlannedChange(.removed, .member, "\(a.name)/\($0.name)", ["port \($0.port)"])
    }
    return changes
  }

  private func text(_ location: MemberLocation) -> String {
    switch location {
    case .clusterAddress: "found by the cluster's address"
    case .ownAddress(let address): "found by \(address)"
    case .mac(let mac): mac.description
    }
  }

  // MARK: Pools

  var poolChanges: [PlannedChange] {
    let old = ConfigurationPlanner.byName(former.routerPools, \.name)
    let new = ConfigurationPlanner.byName(next.routerPools, \.name)
    var changes: [PlannedChange] = []
    for pool in next.routerPools {
      guard let before = old[pool.name] else {
        changes.append(PlannedChange(.added, .pool, pool.name, [pool.balance.rawValue]))
        changes += pool.members.map { added($0, to: pool.name) }
        continue
      }
      var details = differences([
        ("balance", before.balance.rawValue, pool.balance.rawValue),
        ("choice", before.choice.rawValue, pool.choice.rawValue),
        (
          "load-routine", ConfigurationPlanner.text(before.loadRoutine),
          ConfigurationPlanner.text(pool.loadRoutine)
        ),
      ])
      if let probe = probeDifference(before.probe, pool.probe) { details.append(probe) }
      if !details.isEmpty { changes.append(PlannedChange(.changed, .pool, pool.name, details)) }
      changes += routerChanges(before, pool)
    }
    return changes
      + former.routerPools.filter { new[$0.name] == nil }.map {
        PlannedChange(
          .removed, .pool, $0.name, [ConfigurationPlanner.count($0.members.count, "router")])
      }
  }

  private func added(_ router: RouterConfiguration, to pool: String) -> PlannedChange {
    PlannedChange(
      .added, .router, "\(pool)/\(router.name)", ["address \(router.address)", "port \(router.port)"])
  }

  private func routerChanges(_ a: RouterPoolConfiguration, _ b: RouterPoolConfiguration) -> [PlannedChange] {
    let old = ConfigurationPlanner.byName(a.members, \.name)
    let new = ConfigurationPlanner.byName(b.members, \.name)
    func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "none" }
    var changes: [PlannedChange] = b.members.compactMap { router in
      guard let before = old[router.name] else { return added(router, to: b.name) }
      if before == router { return nil }
      let details = differences([
        ("address", "\(before.address)", "\(router.address)"), ("port", before.port, router.port),
        ("link-local", text(before.linkLocal), text(router.linkLocal)),
        ("vlan", "\(before.vlan.raw)", "\(router.vlan.raw)"), ("mac", text(before.mac), text(router.mac)),
        ("weight", "\(before.weight)", "\(router.weight)"),
      ])
      return PlannedChange(.changed, .router, "\(b.name)/\(router.name)", details)
    }
    changes += a.members.filter { new[$0.name] == nil }.map {
      PlannedChange(.removed, .router, "\(a.name)/\($0.name)", ["port \($0.port)"])
    }
    return changes
  }

  // MARK: Helpers

  /// Names are unique in a checked configuration.
  static func byName<Value>(_ values: [Value], _ name: (Value) -> String) -> [String: Value] {
    Dictionary(values.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
}
