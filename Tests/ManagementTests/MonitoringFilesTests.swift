import Foundation
import ManagementFixtures
import Testing

@testable import Management

/// What etc/prometheus, etc/grafana and docs/metrics.md say of the metrics.
@Suite("Prometheus, Grafana and the metrics' page")
struct MonitoringFilesTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let promtool: String? = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static func read(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Runs promtool; what it says and its status.
  static func run(_ arguments: [String], input: String? = nil) throws -> (status: Int32, output: String) {
    let tool = try #require(promtool)
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    process.currentDirectoryURL = root.appending(path: "etc/prometheus")
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)")
    try Data((input ?? "").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    process.standardInput = try FileHandle(forReadingFrom: file)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// Words that look like our metrics.
  static func names(in text: String) -> Set<String> {
    Set(text.matches(of: #/\b(?:flowswitch|process)_[a-z_]+/#).map { String($0.output) })
  }

  static let known = Set(MetricFamily.all.map(\.name))

  @Test(
    "promtool finds nothing to say against the metrics",
    .enabled(if: promtool != nil, "no promtool: apt-get install prometheus"))
  func checkMetrics() async throws {
    let (status, output) = try MonitoringFilesTests.run(
      ["check", "metrics"], input: try await MetricsTests.text())
    #expect(status == 0 && output.isEmpty, "\(output)")
  }

  @Test(
    "promtool takes rules, their tests and the example",
    .enabled(if: promtool != nil, "no promtool: apt-get install prometheus"),
    arguments: [
      ["check", "rules", "flowswitch.rules.yml"], ["test", "rules", "tests/flowswitch.test.yml"],
      ["check", "config", "--syntax-only", "prometheus.yml"],
    ])
  func checkFiles(_ arguments: [String]) throws {
    let (status, output) = try MonitoringFilesTests.run(arguments)
    #expect(status == 0, "\(output)")
  }

  @Test(
    "Rules and dashboard use metrics that there are",
    arguments: ["etc/prometheus/flowswitch.rules.yml", "etc/prometheus/tests/flowswitch.test.yml"])
  func rules(_ path: String) throws {
    let names = MonitoringFilesTests.names(in: try MonitoringFilesTests.read(path))
    #expect(names.count > 5)
    #expect(names.subtracting(MonitoringFilesTests.known).isEmpty)
  }

  @Test(
    "The dashboard is JSON; its panels have their own numbers and places, and its questions use metrics and labels that there are"
  )
  func dashboard() throws {
    let text = try MonitoringFilesTests.read("etc/grafana/flowswitch.json")
    let dashboard = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let panels = try #require(dashboard["panels"] as? [[String: Any]])
    #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
    var places: Set<[Int]> = []
    var questions: [String] = []
    for panel in panels {
      let place = try #require(panel["gridPos"] as? [String: Int])
      #expect((place["x"] ?? 0) + (place["w"] ?? 99) <= 24)
      #expect(places.insert([place["x"] ?? 0, place["y"] ?? 0]).inserted)
      let targets = panel["targets"] as? [[String: Any]] ?? []
      #expect(targets.isEmpty == (panel["type"] as? String == "row"))
      questions += targets.compactMap { $0["expr"] as? String }
    }
    #expect(questions.count > 25)
    let names = MonitoringFilesTests.names(in: text.replacing("flowswitch.json", with: ""))
    #expect(names.subtracting(MonitoringFilesTests.known).isEmpty)
    let labels = Set(MetricFamily.all.flatMap(\.labels) + ["instance", "job"])
    for question in questions {
      #expect(!MonitoringFilesTests.names(in: question).isEmpty, "\(question)")
      for match in question.matches(of: #/([a-z_]+)=~?"/#) {
        #expect(labels.contains(String(match.output.1)), "\(question)")
      }
    }
  }

  @Test("docs/metrics.md has every metric and every alert as they are, and no other")
  func page() throws {
    let page = try MonitoringFilesTests.read("docs/metrics.md")
    let lines = Set(page.split(separator: "\n").map(String.init))
    for family in MetricFamily.all {
      let labels = family.labels.map { "`\($0)`" }.joined(separator: " ")
      let line = "| `\(family.name)` | \(family.kind.rawValue) | \(labels) | \(family.help) |"
      #expect(lines.contains(line), "\(line)")
    }
    let told = page.matches(of: #/\n\| `((?:flowswitch|process)_[a-z_]+)` \|/#).map { String($0.output.1) }
    #expect(told == MetricFamily.all.map(\.name))
    let rules = try MonitoringFilesTests.read("etc/prometheus/flowswitch.rules.yml")
    let alerts = rules.matches(of: #/- alert: (\w+)/#).map { String($0.output.1) }
    let toldAlerts = page.matches(of: #/\n\| `(FlowSwitch\w+)` \|/#).map { String($0.output.1) }
    #expect(!alerts.isEmpty && alerts == toldAlerts)
  }
}
