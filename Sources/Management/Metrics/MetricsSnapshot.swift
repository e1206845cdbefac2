import SwitchModel

/// What `/metrics` tells, at one moment.
struct MetricsSnapshot: Sendable {
  typealias Samples = [(labels: [String], value: String)]

  /// A sample has `1` in the state that it is in and `0` in the others, so that a state that was left is not taken for one
  /// that nobody tells of.
  static let clusterStates = ["operational", "degraded", "failed"]
  static let memberStates = [
    "operational", "failed", "unresolved", "primary", "secondary-operational", "secondary-failed",
  ]
  static let routerStates = ["operational", "failed", "unresolved"]

  var version: VersionRow
  var ports: [PortRow]
  var clusters: [ClusterRow]
  var members: [MemberRow]
  var routers: [RouterRow]
  var probes: [ProbeRow]
  var drops: [DropRow]
  var totals: SwitchTotals
  var process: ProcessStatistics
  var streams: Int

  init(_ operations: any SwitchOperations, streams: Int) async {
    version = await operations.version()
    ports = await operations.ports()
    clusters = await operations.clusters()
    members = await operations.members()
    routers = await operations.routers()
    // Two rows with the same labels would make all of the text wrong.
    var seen: Set<[String]> = []
    probes = await operations.probes().filter { seen.insert([$0.target, $0.kind]).inserted }
    drops = await operations.drops()
    totals = await operations.totals()
    process = ProcessStatistics()
    self.streams = streams
  }

  func samples(of family: MetricFamily) -> Samples {
    switch family {
    case .buildInfo: [([version.version, version.name, version.datapath, version.kernel], "1")]
    case .startTime: MetricsSnapshot.time(version.started_at).map { [([], $0)] } ?? []
    case .adopted: [([], version.adopted ? "1" : "0")]
    case .drops: drops.map { ([$0.port, $0.reason], "\($0.packets)") }
    case .events: totals.events.sorted { $0.key < $1.key }.map { ([$0.key], "\($0.value)") }
    case .streams: [([], "\(streams)")]
    case .clusterTransitions:
      totals.transitions.sorted { $0.key < $1.key }.map { ([$0.key], "\($0.value)") }
    case .clusterMembers: memberCounts
    default:
      portSamples(of: family) ?? clusterSamples(of: family) ?? memberSamples(of: family)
        ?? routerSamples(of: family) ?? probeSamples(of: family) ?? process.samples(of: family)
    }
  }

  private func portSamples(of family: MetricFamily) -> Samples? {
    func each(_ value: (PortRow) -> UInt64) -> Samples { ports.map { ([$0.name], "\(value($0))") } }
    return switch family {
    case .portUp: ports.map { ([$0.name, $0.role.rawValue], $0.link == "up" ? "1" : "0") }
    case .portSpeed:
      ports.compactMap { row in
        row.speed_mbps.map { ([row.name], "\(UInt64(max($0, 0)) * 125_000)") }
      }
    case .portReceivedPackets: each(\.rx_packets)
    case .portSentPackets: each(\.tx_packets)
    case .portReceivedBytes: each(\.rx_bytes)
    case .portSentBytes: each(\.tx_bytes)
    case .portStations: each { UInt64(max($0.stations, 0)) }
    default: nil
    }
  }

  private func clusterSamples(of family: MetricFamily) -> Samples? {
    switch family {
    case .clusterPackets: clusters.map { ([$0.name], "\($0.packets)") }
    case .clusterBytes: clusters.map { ([$0.name], "\($0.bytes)") }
    case .clusterBuckets: clusters.map { ([$0.name], "\($0.buckets)") }
    case .clusterState:
      clusters.flatMap {
        MetricsSnapshot.states([$0.name], $0.state, MetricsSnapshot.clusterStates)
      }
    default: nil
    }
  }

  private var memberCounts: Samples {
    var counts: [String: [String: Int]] = [:]
    for row in members { counts[row.cluster, default: [:]][row.state, default: 0] += 1 }
    return clusters.flatMap { cluster in
      MetricsSnapshot.memberStates.map {
        ([cluster.name, $0], "\(counts[cluster.name]?[$0] ?? 0)")
      }
    }
  }

  private func memberSamples(of family: MetricFamily) -> Samples? {
    func each(_ value: (MemberRow) -> String?) -> Samples {
      members.compactMap { row in value(row).map { ([row.cluster, row.name], $0) } }
    }
    func total(_ row: MemberRow) -> SwitchTotals.Member? {
      totals.members["\(row.cluster)/\(row.name)"]
    }
    return switch family {
    case .memberPackets: each { "\($0.packets)" }
    case .memberBytes: each { "\($0.bytes)" }
    case .memberNewFlows: each { total($0).map { "\($0.newFlows)" } }
    case .memberLeaving: each { total($0).map { "\($0.leavingPackets)" } }
    case .memberBuckets: each { "\($0.buckets)" }
    case .memberWeight: each { "\($0.weight)" }
    case .memberLastChange: each { MetricsSnapshot.time($0.last_change) }
    case .memberState:
      members.flatMap {
        MetricsSnapshot.states([$0.cluster, $0.name], $0.state, MetricsSnapshot.memberStates)
      }
    case .memberAdminState:
      members.flatMap {
        MetricsSnapshot.states(
          [$0.cluster, $0.name], $0.admin_state, AdminState.allCases.map(\.rawValue))
      }
    default: nil
    }
  }

  private func routerSamples(of family: MetricFamily) -> Samples? {
    func each(_ value: (RouterRow) -> String?) -> Samples {
      routers.compactMap { row in value(row).map { ([row.pool, row.name], $0) } }
    }
    return switch family {
    case .routerPackets: each { "\($0.packets)" }
    case .routerBytes: each { "\($0.bytes)" }
    case .routerBuckets: each { "\($0.buckets)" }
    case .routerServers: each { "\($0.servers)" }
    case .routerWeight: each { "\($0.weight)" }
    case .routerLastChange: each { MetricsSnapshot.time($0.last_change) }
    case .routerState:
      routers.flatMap {
        MetricsSnapshot.states([$0.pool, $0.name], $0.state, MetricsSnapshot.routerStates)
      }
    case .routerAdminState:
      routers.flatMap {
        MetricsSnapshot.states(
          [$0.pool, $0.name], $0.admin_state.rawValue, AdminState.allCases.map(\.rawValue))
      }
    default: nil
    }
  }

  private func probeSamples(of family: MetricFamily) -> Samples? {
    switch family {
    case .probeUp: probes.map { ([$0.target, $0.kind], $0.state == "operational" ? "1" : "0") }
    case .probeDuration:
      probes.compactMap { row in row.latency_ms.map { ([row.target, row.kind], "\($0 / 1000)") } }
    case .probeSuccesses: probes.map { ([$0.target, $0.kind], "\($0.successes)") }
    case .probeFailures: probes.map { ([$0.target, $0.kind], "\($0.failures)") }
    default: nil
    }
  }

  private static func states(_ labels: [String], _ state: String, _ all: [String]) -> Samples {
    all.map { (labels + [$0], $0 == state ? "1" : "0") }
  }
}
