/// Ratios of all cases and measures as one Markdown table: for a page of documentation.
struct MarkdownTable {
  let report: Report

  var text: String {
    let measures = report.measures
    var lines = [
      "| | " + measures.map(\.title).joined(separator: " | ") + " |",
      "|---|" + measures.map { _ in "---|" }.joined(),
    ]
    for one in report.cases {
      if let reason = one.unavailable {
        lines.append("| \(one.title) | not measured: \(reason.replacing("|", with: "/")) |")
        continue
      }
      let cells = measures.map { cell(report.series(one.key, $0), $0) }
      lines.append("| \(one.title) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func cell(_ series: Series?, _ measure: Measure) -> String {
    guard let series, let value = series.value else { return "" }
    if series.case == RedirectContender.ceiling || series.ratio == nil {
      return Numbers.value(value.median, measure.unit)
    }
    guard let ratio = series.ratio else { return "" }
    return "\(Numbers.ratio(ratio.median)) (\(Numbers.ratio(ratio.min))–\(Numbers.ratio(ratio.max)))"
  }
}
