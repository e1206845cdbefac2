import SwitchModel

@testable import Top

/// Samples of a switch whose counters run.
enum Samples {
  /// - Parameters:
  ///   - second: also the time of the sample.
  ///   - name: of everything.
  static func sample(
    _ second: Int, startedAt: String = "2025-01-02T03:04:05Z", name: String = "", members: Int = 3
  ) -> TopSample {
    let count = UInt64(second)
    return TopSample(
      time: .seconds(second),
      version: VersionRow(
        version: "0.1.0", name: "fs1\(name)", pid: 1, datapath: "xdp", datapath_reason: "", kernel: "6.12",
        started_at: startedAt, adopted: false),
      ports: (1...10).map { port in
        PortRow(
          name: "eth\(port)\(name)", role: port == 1 ? .router : .server, link: port == 3 ? "down" : "up",
          speed_mbps: port == 2 ? nil : 10_000, mode: "xdp", rx_packets: count * 1000 * UInt64(port),
          tx_packets: count * 10, rx_bytes: count * 64_000, tx_bytes: count * 640, rx_dropped: count * 2,
          tx_dropped: 0, stations: port)
      },
      clusters: [
        cluster("web\(name)", "degraded", able: 2, of: 3, count * 300),
        cluster("db\(name)", "failed", able: 0, of: 3, 0),
      ],
      members: ["web\(name)", "db\(name)"].flatMap { cluster in
        (1...members).map { member in
          MemberRow(
            cluster: cluster, name: "s\(member)\(name)", port: "eth\(member)",
            mac: member == 2 ? nil : "02:00:00:00:00:0\(member % 10)", address: nil, weight: 100,
            admin_state: member == 3 ? "draining" : "enabled",
            state: cluster.hasPrefix("db") ? "failed" : member == 2 ? "unresolved" : "operational",
            buckets: 10 * member, packets: cluster.hasPrefix("db") ? 0 : count * 100,
            bytes: cluster.hasPrefix("db") ? 0 : count * 6400, packets_per_second: 0, bytes_per_second: 0,
            new_flows_per_second: 5, leaving_packets_per_second: 0, last_change: "2025-01-02T03:04:05Z")
        }
      },
      routers: [
        RouterRow(
          pool: "up", name: "r1\(name)", address: "10.50.0.1", mac: nil, port: "eth1", weight: 100,
          admin_state: .enabled, state: "operational", servers: 2, buckets: 8, packets: count * 7,
          bytes: count * 700, packets_per_second: 0, bytes_per_second: 0, last_change: "soon")
      ],
      drops: [
        DropRow(reason: "isolated\(name)", port: "eth2", packets: 5),
        DropRow(reason: "no-member", port: "eth1", packets: count * 20),
        DropRow(reason: "never", port: "eth1", packets: 0),
      ],
      events: (1...30).map { number in
        EventRow(
          number: UInt64(number), time: "2025-01-02T03:04:\(10 + number).000Z",
          kind: number % 2 == 0 ? "member-up" : "member-down", severity: "notice", subject: "web/s1\(name)",
          cause: "http: status 503\(name)", effect: "its 10 buckets go to 2 others", buckets_moved: 10)
      })
  }

  private static func cluster(
    _ name: String, _ state: String, able: Int, of total: Int, _ packets: UInt64
  ) -> ClusterRow {
    ClusterRow(
      name: name, kind: "server", address: "10.50.0.100", virtual_mac: "02:f5:00:00:00:01", mode: .balanced,
      state: state, members_operational: able, members_total: total, buckets: 1024, packets: packets,
      bytes: packets * 64)
  }

  /// Has taken samples of the seconds 1 and 2.
  static func model(_ view: TopView = .clusters, sort: TopSort? = nil, filter: String = "", name: String = "")
    -> TopModel
  {
    var model = TopModel(view: view, sort: sort, filter: filter)
    model.take(sample(1, name: name))
    model.take(sample(2, name: name))
    return model
  }
}

extension TopModel {
  /// As a terminal would send them.
  mutating func type(_ text: String) {
    var decoder = KeyDecoder()
    for key in decoder.feed(text.utf8) + decoder.flush() { _ = handle(key) }
    settle()
  }

  func column(_ key: String) -> [String] {
    guard let place = view.columns.firstIndex(where: { $0.key == key }) else { return [] }
    return rows.map { $0.values[place].text }
  }
}
