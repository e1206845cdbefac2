/// Ratios as one Markdown table, a row a measure, a column a case: for a page of documentation.
struct MarkdownTable {
  let report: Report

  var text: String {
    let cases = report.cases.filter { $0.unavailable == nil }
    var lines = [
      "| | " + cases.map(\.title).joined(separator: " | ") + " |",
      "|---|" + cases.map { _ in "---|" }.joined(),
    ]
    for measure in report.measures {
      let cells = cases.map { cell(report.series($0.key, measure), measure) }
      lines.append("| \(measure.title) | " + cells.joined(separator: " | ") + " |")
    }
    if !report.control.isEmpty {
      lines += ["", "| control | | target |", "|---|---|---|"]
      lines += report.control.map { one in
        "| \(one.case): \(one.what) | \(Numbers.plain(one.value, one.unit)) | "
          + "\(one.target.map { Numbers.plain($0, one.unit) } ?? "") |"
      }
    }
    let absent = report.cases.compactMap { one in
      one.unavailable.map { "Not measured: \(one.title): \($0)" }
    }
    if !absent.isEmpty { lines += [""] + absent }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Of the ceiling, and where there is no ratio, the value itself.
  private func cell(_ series: Series?, _ measure: Measure) -> String {
    guard let series, let value = series.value else { return "" }
    guard let ratio = series.ratio, series.case != RedirectContender.ceiling else {
      return Numbers.value(value.median, measure.unit)
    }
    return "\(Numbers.ratio(ratio.median)) (\(Numbers.ratio(ratio.min))–\(Numbers.ratio(ratio.max)))"
  }
}
