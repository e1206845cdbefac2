import FoundationEssentials
import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

@Suite("Metrics")
struct MetricsTests {
  static func text(_ operations: any SwitchOperations = FakeSwitch(), accept: String? = nil) async throws
    -> String
  {
    var request = APIRequest(method: "GET", path: "/metrics")
    request.accept = accept
    let answer = await API(operations: operations).answer(request)
    #expect(answer.status == 200)
    let pages = Collected()
    if case .pages(let produce) = answer.body { try await produce { pages.add($0) } }
    return pages.text
  }

  /// Name, labels and value of each sample.
  static func samples(_ text: String) -> [(name: String, labels: String, value: String)] {
    text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let name = line.prefix { $0 != "{" && $0 != " " }
      let space = line.lastIndex(of: " ") ?? line.endIndex
      return (
        String(name), String(line[name.endIndex..<space]), String(line[space...].dropFirst())
      )
    }
  }

  static let expected = [
    #"flowswitch_build_info{version="0.1.0",name="fs1",datapath="xdp",kernel="6.12.0"} 1"#,
    "flowswitch_start_time_seconds 1735787045", "flowswitch_adopted 0",
    #"flowswitch_port_up{port="sw-r1",role="router"} 1"#,
    #"flowswitch_port_up{port="sw-s1",role="server"} 0"#,
    #"flowswitch_port_speed_bytes_per_second{port="sw-r1"} 1250000000"#,
    #"flowswitch_port_receive_packets_total{port="sw-r1"} 12345678"#,
    #"flowswitch_port_receive_bytes_total{port="sw-r1"} 987654321012"#,
    #"flowswitch_port_transmit_bytes_total{port="sw-s1"} 1213999"#,
    #"flowswitch_drops_total{port="sw-r1",reason="no-member"} 17"#,
    #"flowswitch_cluster_packets_total{cluster="web"} 10"#,
    #"flowswitch_cluster_buckets_in_transition{cluster="web"} 1"#,
    #"flowswitch_cluster_buckets_in_transition{cluster="up"} 3"#,
    #"flowswitch_cluster_members{cluster="web",state="operational"} 1"#,
    #"flowswitch_cluster_members{cluster="web",state="unresolved"} 1"#,
    #"flowswitch_cluster_members{cluster="db",state="primary"} 1"#,
    #"flowswitch_cluster_members{cluster="db",state="failed"} 0"#,
    #"flowswitch_cluster_state{cluster="web",state="degraded"} 1"#,
    #"flowswitch_cluster_state{cluster="web",state="failed"} 0"#,
    #"flowswitch_member_new_flows_total{cluster="web",member="s1"} 41"#,
    #"flowswitch_member_leaving_packets_total{cluster="web",member="s2"} 19"#,
    #"flowswitch_member_state{cluster="web",member="s2",state="unresolved"} 1"#,
    #"flowswitch_member_state{cluster="web",member="s2",state="operational"} 0"#,
    #"flowswitch_member_admin_state{cluster="web",member="s1",state="enabled"} 1"#,
    #"flowswitch_router_state{pool="up",router="r2",state="unresolved"} 1"#,
    #"flowswitch_router_servers{pool="up",router="r1"} 2"#,
    #"flowswitch_probe_duration_seconds{target="web/s1",kind="http"} 0.00125"#,
    #"flowswitch_probe_failures_total{target="up/r2",kind="arp"} 12"#,
    #"flowswitch_probe_up{target="web/s2",kind="tcp"} 0"#,
    #"flowswitch_events_total{kind="member-down"} 1"#,
  ]

  @Test("What the rows say, in base units")
  func values() async throws {
    let lines = Set(try await MetricsTests.text().split(separator: "\n").map(String.init))
    for line in MetricsTests.expected { #expect(lines.contains(line), "\(line)") }
  }

  @Test("No series twice, every family once and whole, names and labels as the catalogue has them")
  func series() async throws {
    let text = try await MetricsTests.text()
    let samples = MetricsTests.samples(text)
    #expect(Set(samples.map { $0.name + $0.labels }).count == samples.count)
    var families: [String] = []
    for sample in samples where families.last != sample.name { families.append(sample.name) }
    #expect(Set(families).count == families.count)
    #expect(families == MetricFamily.all.map(\.name).filter(families.contains))
    // Every one has a sample with this switch: a family that never has one would be a slip.
    #expect(Set(families) == Set(MetricFamily.all.map(\.name)))
    for family in MetricFamily.all {
      #expect((family.kind == .counter) == family.name.hasSuffix("_total"))
      #expect(family.name.hasPrefix("flowswitch_") || family.name.hasPrefix("process_"))
    }
    for sample in samples { #expect(Double(sample.value) != nil, "\(sample)") }
  }

  @Test("OpenMetrics for who asks for it")
  func openMetrics() async throws {
    let text = try await MetricsTests.text(
      accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    #expect(text.hasSuffix("\n# EOF\n"))
    #expect(text.contains("# TYPE flowswitch_port_receive_packets counter\n"))
    #expect(text.contains(#"flowswitch_port_receive_packets_total{port="sw-r1"} 12345678"#))
    #expect(try await MetricsTests.text(accept: "text/plain").contains("EOF") == false)
  }

  @Test("Over HTTP: status, type")
  func http() async throws {
    try await withServer { (path: String) async throws in
      let client = try #require(RawClient(path: path))
      client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let answer = try #require(await client.readToEnd(seconds: 30))
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
      #expect(answer.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
      #expect(answer.contains("process_open_fds "))
    }
  }

  @Test("Labels cannot break out of their quotes")
  func hostileLabels() {
    var text = MetricsText(.prometheus)
    text.sample(.portStations, ["a\"} 1\nb\\"], "2")
    #expect(
      String(decoding: text.bytes, as: UTF8.self) == #"flowswitch_port_stations{port="a\"} 1\nb\\"} 2"# + "\n"
    )
  }

  @Test(
    "Times of rows as seconds",
    arguments: [
      ("1970-01-01T00:00:00Z", "0"), ("2000-02-29T12:34:56Z", "951827696"),
      ("2025-01-02T03:04:05.678Z", "1735787045.678"), ("2026-12-31T23:59:59Z", "1798761599"),
      ("2025-01-02T03:04:05", nil), ("2025-13-02T03:04:05Z", nil), ("2025-01-02T03:04:05.Z", nil), ("", nil),
      ("2025-01-02 03:04:05Z", nil), ("x025-01-02T03:04:05Z", nil),
    ])
  func times(_ text: String, _ seconds: String?) { #expect(MetricsSnapshot.time(text) == seconds) }

  @Test("This process is one: it has memory, files and a start")
  func process() throws {
    let process = ProcessStatistics()
    #expect(try #require(process.residentBytes) > 1 << 20)
    #expect(try #require(process.virtualBytes) > process.residentBytes ?? 0)
    #expect(try #require(process.openFiles) >= 3)
    #expect(try #require(process.threads) >= 1)
    #expect(try #require(process.startSeconds) > 1_600_000_000)
    #expect(process.cpuSeconds != nil && process.maximumFiles != nil)
  }

  @Test("Without totals of its own a switch has those of its rows")
  func defaultTotals() async {
    let totals = await OldSwitch().totals()
    #expect(totals.transitions == ["web": 1, "db": 0])
    #expect(totals.events == ["started": 1, "member-down": 1, "member-up": 1])
    #expect(totals.members.isEmpty)
  }
}

/// Parts of an answer, as they come.
final class Collected: Sendable {
  private let bytes = Locked<[UInt8]>([])

  func add(_ part: [UInt8]) { bytes.change { $0 += part } }
  var text: String { String(decoding: bytes.value, as: UTF8.self) }
}
