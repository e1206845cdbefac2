/// Text for man(7). What is written comes from help texts, and nothing in them may be taken for a request or an escape.
enum Roff {
  /// A text within a line. A hyphen stays one, so that it can be searched for and copied.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\"": result += "\\(dq"
      case "\t": result += "    "
      case "\u{20}"..."\u{7e}": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}": result += " "
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    return result
  }

  /// A text as a line of its own: what begins with a control character is guarded.
  static func line(_ text: String) -> String {
    let escaped = escape(text)
    return escaped.hasPrefix(".") ? "\\&\(escaped)" : escaped
  }

  static func bold(_ text: String) -> String { "\\fB\(escape(text))\\fR" }
  static func italic(_ text: String) -> String { "\\fI\(escape(text))\\fR" }

  /// Paragraphs, separated by empty lines. Lines that begin with two blanks are shown as they are. `` `words` `` are bold.
  static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isLiteral = false
    var needsParagraph = false
    var isAfterText = false
    for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = String(raw)
      let blanks = line.prefix { $0 == " " }.count
      if line.allSatisfy({ $0 == " " }) {
        needsParagraph = !lines.isEmpty
        continue
      }
      if blanks >= 2 {
        if !isLiteral { lines += [".PP", ".in +4n", ".nf"] }
        isLiteral = true
        lines.append(Roff.line(String(line.dropFirst(2))))
        (needsParagraph, isAfterText) = (false, false)
        continue
      }
      if isLiteral { lines += [".fi", ".in"] }
      if isLiteral || needsParagraph {
        lines.append(".PP")
      } else if isAfterText {
        lines.append(".br")
      }
      (isLiteral, needsParagraph, isAfterText) = (false, false, true)
      lines.append(inline(line))
    }
    if isLiteral { lines += [".fi", ".in"] }
    return lines
  }

  /// A line with `` `words` `` bold.
  static func inline(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    // A mark without its other end is a mark.
    guard parts.count % 2 == 1 else { return line(text) }
    let result = parts.enumerated().map { index, part in
      index % 2 == 0 ? escape(part) : bold(part)
    }.joined()
    return result.hasPrefix(".") ? "\\&\(result)" : result
  }
}
