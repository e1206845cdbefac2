import Foundation

/// Ratios to the ceiling as a picture: a panel a measure, a bar a case, a line for the spread. SVG 1.1.
struct Plot {
  let report: Report

  private let columns = 3
  private let width = 480.0
  private let label = 250.0
  private let bar = 16.0

  var svg: String {
    let measures = report.measures.filter { measure in
      report.cases.contains { report.series($0.key, measure)?.ratio != nil } && measure != .lossAtLoad
    }
    let cases = report.cases.filter { $0.unavailable == nil && $0.key != RedirectContender.ceiling }
    let height = 44 + bar * Double(cases.count)
    let rows = (measures.count + columns - 1) / columns
    let size = (width * Double(columns), 70 + height * Double(max(rows, 1)))
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(text(size.0)) \(text(size.1))\" "
        + "width=\"\(text(size.0))\" height=\"\(text(size.1))\" font-family=\"sans-serif\" font-size=\"11\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      "<text x=\"12\" y=\"24\" font-size=\"16\">Ratio to a raw XDP redirect: median, and the spread of \(report.rounds) rounds</text>",
      "<text x=\"12\" y=\"42\" fill=\"#666666\">\(escaped(report.processor)), Linux \(escaped(report.kernel)), "
        + "\(report.processors) processors; latencies on a logarithmic scale, less is better</text>",
    ]
    for (number, measure) in measures.enumerated() {
      let x = Double(number % columns) * width
      let y = 60 + Double(number / columns) * height
      lines += panel(measure, cases, x, y)
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func panel(_ measure: Measure, _ cases: [Report.Case], _ x: Double, _ y: Double) -> [String] {
    let isLogarithmic = measure.better == .less
    let all = cases.compactMap { report.series($0.key, measure)?.ratio }
    let highest = max(isLogarithmic ? 10 : 1, all.map(\.max).max() ?? 1)
    let lowest = min(0.5, all.map(\.min).filter { $0 > 0 }.min() ?? 0.5)
    let room = width - label - 70
    func place(_ ratio: Double) -> Double {
      guard isLogarithmic else { return x + label + room * max(ratio, 0) / highest }
      return x + label + room * log(max(ratio, lowest) / lowest) / log(highest / lowest)
    }
    var lines = [
      "<text x=\"\(text(x + 12))\" y=\"\(text(y + 14))\" font-weight=\"bold\">\(escaped(measure.title))</text>"
    ]
    // The ceiling.
    lines.append(line(place(1), y + 20, place(1), y + 26 + bar * Double(cases.count), "#c03030"))
    for (row, one) in cases.enumerated() {
      let top = y + 24 + bar * Double(row)
      let middle = top + bar / 2
      lines.append(
        "<text x=\"\(text(x + label - 6))\" y=\"\(text(middle + 4))\" text-anchor=\"end\">\(escaped(one.title))</text>"
      )
      guard let ratio = report.series(one.key, measure)?.ratio else { continue }
      let colour = one.key.hasPrefix("flowswitch") ? "#2468b2" : "#b8bfc8"
      let begin = x + label
      lines.append(
        "<rect x=\"\(text(begin))\" y=\"\(text(top + 2))\" width=\"\(text(max(0.5, place(ratio.median) - begin)))\" "
          + "height=\"\(text(bar - 4))\" fill=\"\(colour)\"/>")
      lines.append(line(place(ratio.min), middle, place(ratio.max), middle, "#222222"))
      for end in [ratio.min, ratio.max] {
        lines.append(line(place(end), middle - 3, place(end), middle + 3, "#222222"))
      }
      lines.append(
        "<text x=\"\(text(place(max(ratio.max, ratio.median)) + 5))\" y=\"\(text(middle + 4))\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">\(Numbers.ratio(ratio.median))</text>"
      )
    }
    return lines
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String) -> String {
    "<line x1=\"\(text(x1))\" y1=\"\(text(y1))\" x2=\"\(text(x2))\" y2=\"\(text(y2))\" stroke=\"\(colour)\"/>"
  }

  private func text(_ number: Double) -> String { String(format: "%.1f", number) }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
