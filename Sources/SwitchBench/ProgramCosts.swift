import Foundation

/// Nanoseconds a packet by BPF_PROG_RUN, from `PipelineCheck speed`.
enum ProgramCosts {
  static func measure(_ binary: String, isQuick: Bool) throws -> [Report.ProgramCost] {
    let options = isQuick ? ["--rounds", "3", "--repeat", "200000"] : []
    return parse(try Command([binary, "speed"] + options).run(within: 300))
  }

  /// Lines of path, nanoseconds, spread, ratio to the raw redirect; the path has spaces, the others have none.
  static func parse(_ text: String) -> [Report.ProgramCost] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 4, let ratio = Double(words[words.count - 1]),
        let nanoseconds = Double(words[words.count - 3]), words[words.count - 2].contains("-")
      else { return nil }
      return Report.ProgramCost(
        path: words.dropLast(3).joined(separator: " "), nanoseconds: nanoseconds,
        spread: String(words[words.count - 2]), ratio: ratio)
    }
  }
}
