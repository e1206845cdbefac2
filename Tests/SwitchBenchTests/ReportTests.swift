import Foundation
import FoundationXML
import Testing

@testable import SwitchBench

@Suite("Results of the bench")
struct ReportTests {
  private var report: Report {
    var report = Report(
      date: "2026-01-01T00:00:00Z", kernel: "6.1", processor: "A & B <C>", processors: 2, rounds: 3,
      seconds: 1,
      isQuick: true)
    report.cases = [
      .init(key: "redirect", title: "raw XDP redirect"), .init(key: "bridge", title: "Linux bridge"),
      .init(key: "ovs", title: "Open vSwitch", unavailable: "not installed"),
    ]
    let packets = Measure.packets(size: 64, flows: 1000)
    for (value, ceiling) in [(100.0, 400.0), (120, 400), (300, 1000)] {
      report.add("bridge", packets, value, beside: ceiling)
      report.add("redirect", packets, ceiling, beside: ceiling)
    }
    report.add("bridge", .latency("unloaded", "p50"), 3000, beside: 1000)
    report.add("redirect", .latency("unloaded", "p50"), 1000, beside: 1000)
    return report
  }

  @Test("a ratio is of a run and the ceiling beside it, its median in the middle of its spread")
  func ratios() throws {
    let series = try #require(report.series("bridge", .packets(size: 64, flows: 1000)))
    #expect(series.ratio == Summary([0.25, 0.3, 0.3]))
    #expect(series.ratio?.median == 0.3)
    #expect(series.value?.median == 120)
  }

  @Test(
    "median and spread",
    arguments: [([3], 3), ([1, 2], 1.5), ([9, 1, 5], 5), ([4, 1, 2, 3], 2.5)] as [([Double], Double)])
  func summary(values: [Double], median: Double) throws {
    let summary = try #require(Summary(values))
    #expect(summary.median == median)
    #expect(summary.min == values.min())
    #expect(summary.max == values.max())
  }

  @Test("no runs, no summary; a ceiling of nothing, no ratio")
  func nothing() {
    #expect(Summary([]) == nil)
    var series = Series("x", .lossFree)
    series.add(1, beside: 0)
    #expect(series.ratio == nil)
  }

  @Test("the table has a block a measure, best first, and says what was not measured")
  func table() throws {
    let lines = TextTable(report: report).text.split(separator: "\n").map(String.init)
    let block = try #require(lines.firstIndex(of: "64 bytes, 1,000 flows"))
    #expect(lines[block + 1].contains("raw XDP redirect"))
    #expect(lines[block + 2].contains("Linux bridge"))
    #expect(lines[block + 2].hasSuffix("0.30   0.25–0.30"))
    #expect(lines.contains("not measured: Open vSwitch: not installed"))
  }

  @Test("the Markdown table has a row a measure and a column a case that was measured")
  func markdown() {
    let rows = MarkdownTable(report: report).text.split(separator: "\n")
    #expect(
      rows == [
        "| | raw XDP redirect | Linux bridge |",
        "|---|---|---|",
        "| 64 bytes, 1,000 flows | 400 packets/s | 0.30 (0.25–0.30) |",
        "| latency p50, unloaded | 1.00 µs | 3.00 (3.00–3.00) |",
        "Not measured: Open vSwitch: not installed",
      ])
  }

  @Test("the plot is XML that names every case that was measured")
  func plot() {
    let svg = Plot(report: report).svg
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(svg.contains(">Linux bridge<"))
    #expect(!svg.contains("Open vSwitch"))
    #expect(svg.contains("A &amp; B &lt;C>"))
  }

  @Test("JSON holds it all")
  func json() throws {
    let data = try JSONEncoder().encode(report)
    let back = try JSONDecoder().decode(Report.self, from: data)
    #expect(TextTable(report: back).text == TextTable(report: report).text)
  }

  @Test("costs of programs are read from the other program's table")
  func costs() {
    let text = """
                                              ns    spread    of raw
      empty program                           25     25-26      1.52
      cluster, IPv4 TCP                       61     60-64      0.62
      * above an empty program, run once a call
      program: 1 bytes of eBPF, 2 of machine code; the verifier looked at 3 instructions
      """
    let costs = ProgramCosts.parse(text)
    #expect(costs.map(\.path) == ["empty program", "cluster, IPv4 TCP"])
    #expect(costs.last?.nanoseconds == 61)
    #expect(costs.last?.ratio == 0.62)
    #expect(costs.last?.spread == "60-64")
  }

  @Test(
    "numbers for people",
    arguments: [
      (3_660_000.0, "packets/s", "3.66 Mpackets/s"), (14e9, "bit/s", "14.0 Gbit/s"), (759, "ns", "759 ns"),
      (1_890, "ns", "1.89 µs"), (281e6, "ns", "281 ms"), (12, "of a million", "12.0"),
    ])
  func numbers(value: Double, unit: String, text: String) {
    #expect(Numbers.value(value, unit) == text)
  }

  @Test("digits in threes", arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")])
  func grouped(number: Int, text: String) { #expect(Numbers.grouped(number) == text) }
}
