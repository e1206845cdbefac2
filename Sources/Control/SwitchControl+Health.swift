import Datapath
import HealthProbe
import LinuxPlatform
import Logging
import ProxyARP
import SwitchModel
import Wire

// Probes (H12): which there are, by which way they go, and what their results change.
extension SwitchControl {
  func startProbes() {
    let input = eventInput
    probeRunner = ProbeRunner(
      log: log, onReport: { input.yield(.probe($0)) }, sendFrame: { input.yield(.neighbourProbe($1)) })
    probeRoutes = ProbeRoutes(interface: own.host)
    configureProbes()
  }

  /// One probe serves every cluster that asks the same of the same server.
  private struct Question: Hashable {
    var address: IPAddress
    var port: Int
    var vlan: VLANID
    var location: MemberLocation
    var configuration: ProbeConfiguration
  }

  /// Again whenever a MAC or an own address changes.
  func configureProbes() {
    guard let probes = probeRunner else { return }
    var jobs: [ProbeJob] = []
    var routes: [ProbeRoute] = []
    var places: [Int: [MemberPlace]] = [:]
    var ids: [Question: Int] = [:]
    var failed: [Int: HealthState] = [:]
    for (position, cluster) in clusterTable.enumerated() {
      guard let configuration = cluster.configuration.probe else { continue }
      for (i, member) in cluster.members.enumerated() {
        let place = MemberPlace(cluster: position, member: i)
        let address = probeAddress(member, cluster)
        let question = Question(
          address: address, port: member.port, vlan: member.configuration.vlan,
          location: member.configuration.location, configuration: configuration)
        if let id = ids[question] {
          places[id]?.append(place)
          continue
        }
        guard let target = probeTarget(member, cluster, address, configuration.kind) else { continue }
        ids[question] = member.index
        places[member.index] = [place]
        jobs.append(ProbeJob(id: member.index, target: target, configuration: configuration))
        if member.health == .failed { failed[member.index] = .failed }
        if ProbeWay(configuration.kind) == .sockets {
          routes.append(
            ProbeRoute(
              member: member.index, address: address, mac: TableMemory.probeMAC(member: member.index),
              source: target.source))
        }
      }
    }
    probeTargets = places
    tables.setLimits(seed: state.seed, puntsPerTick: PuntBudget.perTick(jobs, members: mostMembersOfAPort))
    do { try probeRoutes?.apply(routes) } catch { log.error("routes for probes: \(error)") }
    probes.configure(jobs)
    if !failed.isEmpty { probes.adopt(failed) }
    for port in portTable { linkProbes(port: port.index, up: port.isUp) }
  }

  var mostMembersOfAPort: Int {
    var counts: [Int: Int] = [:]
    for cluster in clusterTable { for member in cluster.members { counts[member.port, default: 0] += 1 } }
    return counts.values.max() ?? 0
  }

  private func probeAddress(_ member: MemberRuntime, _ cluster: ClusterRuntime) -> IPAddress {
    if let router = cluster.router(of: member) { return router.address }
    if cluster.configuration.address.isSingleAddress { return cluster.configuration.address.address }
    // Of a subnet nobody can say which address is served: the member's own, or the first.
    if case .ownAddress(let own) = member.configuration.location { return own }
    let network = cluster.configuration.address.network.address
    return IPAddress(
      hi: network.hi,
      lo: (network.lo.byteSwapped >> (network.isIPv6 ? 0 : 32) + 1).byteSwapped >> (network.isIPv6 ? 0 : 32),
      isIPv6: network.isIPv6)
  }

  /// Nil while there is no way: the member's MAC, or an address of the switch's own, is not known yet.
  private func probeTarget(
    _ member: MemberRuntime, _ cluster: ClusterRuntime, _ address: IPAddress, _ kind: ProbeKind
  ) -> ProbeTarget? {
    var environment = [
      "FLOWSWITCH_CLUSTER": cluster.name, "FLOWSWITCH_MEMBER": member.configuration.name,
      "FLOWSWITCH_ADDRESS": address.description, "FLOWSWITCH_PORT": member.configuration.port,
      "FLOWSWITCH_INTERFACE": own.host.name,
    ]
    environment["FLOWSWITCH_MAC"] = member.mac?.description
    var target = ProbeTarget(
      name: member.key, address: address, environment: environment, port: member.port,
      vlan: member.configuration.vlan)
    switch ProbeWay(kind) {
    case .frames: target.mac = member.mac
    case .none: break
    case .sockets:
      guard member.isResolved, let source = ownAddress(for: address, vlan: member.configuration.vlan) else {
        return nil
      }
      target.source = source
      target.mark = probeRoutes?.mark(member: member.index) ?? 0
      target.interface = own.host.name
      target.environment["FLOWSWITCH_MARK"] = String(target.mark)
    }
    return target
  }

  private enum ProbeWay {
    case frames, sockets, none

    init(_ kind: ProbeKind) {
      switch kind {
      case .arp, .nd: self = .frames
      case .link: self = .none
      default: self = .sockets
      }
    }
  }

  // MARK: Results

  func probed(_ report: ProbeReport) {
    guard let change = report.change, let places = probeTargets[report.id] else { return }
    var clusters: Set<Int> = []
    for place in places {
      clusterTable[place.cluster].members[place.member].health = change.to
      clusterTable[place.cluster].members[place.member].healthText = report.outcome.text
      clusterTable[place.cluster].members[place.member].lastChange = time.wall.description
      let key = clusterTable[place.cluster].members[place.member].key
      if change.to.isFailed { state.failedProbes.insert(key) } else { state.failedProbes.remove(key) }
      if change.to == .damped {
        record(.probeDamped, key, cause: "it failed too often", effect: "it is held back for a while")
      }
      clusters.insert(place.cluster)
    }
    isStateDirty = true
    review(clusters)
  }

  /// An ARP or ND probe's question, to the station itself if its MAC is known.
  func ask(_ request: NeighbourProbeRequest) {
    guard let port = request.port.flatMap(portPosition), portTable[port].isUp else { return }
    let frame = resolver.identity.query(
      request.address, vlan: request.vlan ?? .untagged, to: request.mac)
    portTable[port].injector?.send(frame)
  }

  /// Probes of kind `link`.
  func linkProbes(port: Int, up: Bool) {
    guard let probes = probeRunner else { return }
    for (id, places) in probeTargets {
      guard let place = places.first, clusterTable[place.cluster].configuration.probe?.kind == .link,
        clusterTable[place.cluster].members[place.member].port == port
      else { continue }
      probes.link(id: id, up: up)
    }
  }

  // MARK: Rows

  public func probeRows() -> [ProbeRow] {
    guard let probes = probeRunner else { return [] }
    let now = time.now
    return probes.status().map { status in
      let names = (probeTargets[status.id] ?? []).map { clusterTable[$0.cluster].members[$0.member].key }
      let changed = WallTime(since1970: time.wall.since1970 - (now - status.changedAt))
      return ProbeRow(
        targets: names.isEmpty ? [status.target] : names, kind: status.kind.rawValue,
        state: status.state.rawValue, last_result: status.lastResult,
        latency_ms: status.latency.map { ($0 / .microseconds(1)).rounded() / 1000 },
        successes: status.successes, failures: status.failures, changed_at: changed.description)
    }
  }
}
