/// The one table for people: a block a measure, a row a case, best first.
struct TextTable {
  let report: Report

  var text: String {
    var lines: [String] = []
    func row(_ title: String, _ value: String, _ ratio: String, _ spread: String) {
      lines.append(
        (pad("  " + title, 62) + left(value, 22) + left(ratio, 9) + "   " + spread).trimmedEnd)
    }
    lines.append(pad("", 62) + left("median", 22) + left("ratio", 9) + "   spread")
    for measure in report.measures {
      lines.append(measure.title)
      for (title, series) in rows(measure) {
        let isCeiling = series.case == RedirectContender.ceiling
        let value = series.value.map { Numbers.value($0.median, measure.unit) } ?? "-"
        let spread = series.ratio.map { "\(Numbers.ratio($0.min))–\(Numbers.ratio($0.max))" } ?? ""
        row(
          title, value, series.ratio.map { Numbers.ratio($0.median) } ?? "-", isCeiling ? "" : spread)
      }
    }
    if !report.program.isEmpty {
      lines.append("the program alone, by BPF_PROG_RUN")
      for cost in report.program {
        row(cost.path, "\(Int(cost.nanoseconds)) ns", Numbers.ratio(cost.ratio), "\(cost.spread) ns")
      }
    }
    for name in report.controlCases {
      lines.append("control, \(name)")
      for one in report.control where one.case == name {
        let target = one.target.map { "\($0 == 0 ? "0" : "≤ " + Numbers.plain($0, one.unit))" } ?? ""
        row(one.what, Numbers.plain(one.value, one.unit), "", target)
      }
    }
    for one in report.cases {
      if let reason = one.unavailable { lines.append("not measured: \(one.title): \(reason)") }
    }
    return (lines + report.notes.map { "note: \($0)" }).joined(separator: "\n") + "\n"
  }

  /// Best first.
  private func rows(_ measure: Measure) -> [(String, Series)] {
    report.cases.compactMap { one in report.series(one.key, measure).map { (one.title, $0) } }
      .sorted {
        let (a, b) = ($0.1.value?.median ?? 0, $1.1.value?.median ?? 0)
        return measure.better == .more ? a > b : a < b
      }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private func left(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
