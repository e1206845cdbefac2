/// Prometheus' text format 0.0.4, or OpenMetrics 1.0.
struct MetricsText {
  enum Format: Sendable {
    case prometheus, openMetrics

    /// By the field Accept: OpenMetrics only for who names it. Prometheus names it first when it takes both.
    init(accept: String?) {
      self =
        accept?.lowercased().contains("application/openmetrics-text") == true
        ? .openMetrics : .prometheus
    }

    var contentType: String {
      switch self {
      case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
      case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
      }
    }
  }

  let format: Format
  private(set) var bytes: [UInt8] = []

  init(_ format: Format) { self.format = format }

  /// What was written since the last time.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  mutating func head(of family: MetricFamily) {
    // OpenMetrics gives the family's name, and has `_total` with a counter's samples only.
    let name =
      format == .openMetrics && family.kind == .counter
      ? String(family.name.dropLast("_total".count)) : family.name
    bytes += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n".utf8
  }

  mutating func sample(_ family: MetricFamily, _ labels: [String], _ value: String) {
    bytes += family.name.utf8
    if !family.labels.isEmpty {
      var separator = UInt8(ascii: "{")
      for (name, value) in zip(family.labels, labels) {
        bytes.append(separator)
        separator = UInt8(ascii: ",")
        bytes += name.utf8
        bytes += "=\"".utf8
        for byte in value.utf8 {
          switch byte {
          case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
          case UInt8(ascii: "\""): bytes += #"\""#.utf8
          case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
          default: bytes.append(byte)
          }
        }
        bytes.append(UInt8(ascii: "\""))
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(UInt8(ascii: " "))
    bytes += value.utf8
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func end() { if format == .openMetrics { bytes += "# EOF\n".utf8 } }
}
