public import SwitchModel

/// A switch of two ports, two clusters and a router pool that says the same until it is told to change.
public struct FakeSwitch: SwitchOperations {
  /// `flows` really takes its time.
  var isSlow: Bool
  public let log = FakeLog()

  /// Called when a slow `flows` is cancelled.
  var onCancel: @Sendable () -> Void

  public init(isSlow: Bool = false, onCancel: @escaping @Sendable () -> Void = {}) {
    self.isSlow = isSlow
    self.onCancel = onCancel
  }

  public func version() async -> VersionRow {
    VersionRow(
      version: "0.1.0", name: "fs1", pid: 4711, datapath: "xdp", datapath_reason: "every port's driver can",
      kernel: "6.12.0", started_at: "2025-01-02T03:04:05Z", adopted: false)
  }

  public func ports() async -> [PortRow] {
    [
      PortRow(
        name: "sw-r1", role: .router, link: "up", speed_mbps: 10000, mode: "xdp", rx_packets: 12_345_678,
        tx_packets: 7, rx_bytes: 987_654_321_012, tx_bytes: 448, rx_dropped: 0, tx_dropped: 0, stations: 1),
      PortRow(
        name: "sw-s1", role: .server, link: "down", speed_mbps: nil, mode: "xdp", rx_packets: 999,
        tx_packets: 1000, rx_bytes: 64, tx_bytes: 1_213_999, rx_dropped: 3, tx_dropped: 0, stations: 12),
    ]
  }

  public func clusters() async -> [ClusterRow] {
    [
      ClusterRow(
        name: "web", kind: "server", address: "10.50.0.100", virtual_mac: "02:f5:00:00:00:01",
        mode: .balanced,
        state: "degraded", members_operational: 1, members_total: 2, buckets: 4, packets: 10, bytes: 640),
      ClusterRow(
        name: "db", kind: "server", address: "fd50::1", virtual_mac: "02:f5:00:00:00:02", mode: .availability,
        state: "operational", members_operational: 1, members_total: 1, buckets: 1, packets: 0, bytes: 0),
    ]
  }

  public func members() async -> [MemberRow] {
    func row(_ cluster: String, _ name: String, _ port: String, _ mac: String?, _ state: String) -> MemberRow
    {
      MemberRow(
        cluster: cluster, name: name, port: port, mac: mac, address: nil, weight: 100,
        admin_state: log.adminState(of: "\(cluster)/\(name)").rawValue,
        state: state, buckets: 2, packets: 5, bytes: 320, packets_per_second: 1, bytes_per_second: 64,
        new_flows_per_second: 0, leaving_packets_per_second: 0, last_change: "2025-01-02T03:04:05Z")
    }
    return [
      row("web", "s1", "sw-s1", "02:00:00:00:02:01", "operational"),
      row("web", "s2", "sw-r1", nil, "unresolved"),
      row("db", "s1", "sw-s1", "02:00:00:00:02:01", "primary"),
    ]
  }

  public func buckets(cluster: String?) async throws(OperationError) -> [BucketRow] {
    let all =
      (0..<4).map {
        BucketRow(
          cluster: "web", index: $0, member: $0 == 3 ? nil : "s1", previous: $0 == 2 ? "s2" : nil,
          state: $0 == 3 ? "empty" : $0 == 2 ? "transit" : "steady", packets: UInt64($0))
      } + [BucketRow(cluster: "db", index: 0, member: "s1", previous: nil, state: "steady", packets: 0)]
    return all.filter { cluster == nil || $0.cluster == cluster }
  }

  public func flows(for duration: Duration) async throws(OperationError) -> [FlowRow] {
    if duration == .milliseconds(333) { throw OperationError(.busy, "another command watches") }
    if duration == .milliseconds(444) { throw OperationError(.unavailable, "the datapath has no tap") }
    if isSlow {
      do { try await Task.sleep(for: duration) } catch { onCancel() }
    }
    return [
      FlowRow(
        protocol: "tcp", source: "10.10.0.5:40000", destination: "10.50.0.100:80", cluster: "web",
        member: "s1",
        packets: 9, bytes: 900, entry: true),
      FlowRow(
        protocol: "esp", source: "fd00::5", destination: "fd50::1", cluster: "db", member: "s1", packets: 1,
        bytes: 100, entry: false),
    ]
  }

  public func stations() async -> [StationRow] {
    [
      StationRow(mac: "02:00:00:00:01:01", vlan: 0, port: "sw-r1", kind: "learned", age_seconds: 3),
      StationRow(mac: "02:00:00:00:02:01", vlan: 20, port: "sw-s1", kind: "static", age_seconds: 0),
    ]
  }

  public func arp() async -> [ARPRow] {
    [
      ARPRow(
        address: "10.50.0.100", vlan: 0, mac: "02:f5:00:00:00:01", kind: "virtual", owner: "web",
        state: "reachable",
        age_seconds: 0),
      ARPRow(
        address: "10.50.0.1", vlan: 20, mac: nil, kind: "neighbour", owner: "sw-r1", state: "asking",
        age_seconds: 2),
    ]
  }

  public func drops() async -> [DropRow] {
    [
      DropRow(reason: "no-member", port: "sw-r1", packets: 17),
      DropRow(reason: "isolated", port: "sw-s1", packets: 2),
    ]
  }

  public func routers() async -> [RouterRow] {
    func row(_ name: String, _ address: String, _ mac: String?, _ state: String) -> RouterRow {
      RouterRow(
        pool: "up", name: name, address: address, mac: mac, port: "sw-r1", weight: 100,
        admin_state: .enabled, state: state, servers: 2, buckets: 2048, packets: 9, bytes: 900,
        packets_per_second: 3, bytes_per_second: 300, last_change: "2025-01-02T03:04:05Z")
    }
    return [
      row("r1", "10.50.0.1", "02:00:00:00:01:01", "operational"), row("r2", "10.50.0.2", nil, "unresolved"),
    ]
  }

  public func probes() async -> [ProbeRow] {
    [
      ProbeRow(
        targets: ["web/s1", "db/s1"], kind: "http", state: "operational", last_result: "ok",
        latency_ms: 1.25, successes: 100, failures: 1, changed_at: "2025-01-02T03:04:05Z"),
      ProbeRow(
        targets: ["up/r2"], kind: "arp", state: "failed", last_result: "no answer within 100ms",
        latency_ms: nil, successes: 0, failures: 12, changed_at: "2025-01-02T03:04:06Z"),
      ProbeRow(
        targets: ["web/s2"], kind: "tcp", state: "unknown", last_result: nil, latency_ms: nil, successes: 0,
        failures: 0, changed_at: "2025-01-02T03:04:07Z"),
    ]
  }

  public func events(after: UInt64?) async -> [EventRow] { log.kept(after: after) }

  public func followEvents() async -> AsyncStream<EventRow> { log.follow() }

  public func totals() async -> SwitchTotals {
    var events: [String: UInt64] = [:]
    for row in log.kept(after: nil) { events[row.kind, default: 0] += 1 }
    return SwitchTotals(
      transitions: ["web": 1, "db": 0, "up": 3],
      members: [
        "web/s1": .init(newFlows: 41, leavingPackets: 0), "web/s2": .init(newFlows: 7, leavingPackets: 19),
        "db/s1": .init(newFlows: 0, leavingPackets: 0),
      ], events: events)
  }

  public func capture(_ request: CaptureRequest) async throws(OperationError) -> AsyncStream<CaptureBatch> {
    if request.filter == "porrt 80" { throw OperationError(.invalid, "the filter is not understood") }
    let packet = CapturedPacket(
      number: 1, time: 5, port: "sw-r1", verdict: .forward, out: "sw-s1", cluster: "web", member: "s1",
      length: 60, before: [UInt8](repeating: 1, count: 60), after: [UInt8](repeating: 2, count: 60))
    return AsyncStream {
      $0.yield(CaptureBatch(packets: [packet], missed: 3))
      $0.finish()
    }
  }

  public func explain(_ question: ExplainQuestion) async throws(OperationError) -> Explanation {
    if question.destination == "10.50.0.99" {
      throw OperationError(.unavailable, "the datapath does not answer")
    }
    return Explanation(
      direction: "inbound",
      steps: [
        ExplainStep(table: "port", text: "\(question.port ?? "sw-r1") is a router port"),
        ExplainStep(
          table: "cluster",
          text: "\(question.destination):\(question.destination_port ?? 0) \(question.protocol) is web"),
      ], verdict: "forward", reason: nil, port: "sw-s1", destination_mac: "02:00:00:00:02:01", cluster: "web",
      member: "s1")
  }

  public func setAdminState(_ state: AdminState, of member: String) async throws(OperationError) {
    guard ["web/s1", "web/s2", "db/s1", "up/r1", "up/r2"].contains(member) else {
      throw OperationError(.notFound, "there is no member or router \(member)")
    }
    log.setAdminState(state, of: member)
  }
}
