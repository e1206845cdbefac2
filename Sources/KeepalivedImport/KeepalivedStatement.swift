/// A word of a line, quotes and escapes resolved.
struct KeepalivedWord: Hashable, Sendable {
  var text: String
  var place: KeepalivedPlace
  /// No quote in it, so it may be a brace.
  var isPlain = true
}

/// A keyword, its arguments on the same line, and the block behind it.
struct KeepalivedStatement: Hashable, Sendable {
  var keyword: KeepalivedWord
  var arguments: [KeepalivedWord] = []
  var block: [KeepalivedStatement]?

  var place: KeepalivedPlace { keyword.place }

  /// The first argument.
  var value: KeepalivedWord? { arguments.first }

  /// The line as it may be shown: shortened, without control characters.
  var shown: String { shownText(([keyword] + arguments).map(\.text).joined(separator: " ")) }
}

/// A text of the file as it may stand in a message or a comment: on one line, without what a terminal would act on, and
/// not longer than a line can bear.
func shownText(_ text: String, limit: Int = 100) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit {
      result += "…"
      break
    }
    count += 1
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      result += "?"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
