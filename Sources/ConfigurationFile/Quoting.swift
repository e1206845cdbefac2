/// A text from the file as it may stand in a message: in quotes, without control characters (it goes to a terminal),
/// and not longer than a line can bear.
func quoted(_ text: String) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == 60 {
      result += "…"
      break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
    count += 1
  }
  return "'\(result)'"
}

/// The choices as a text for `expected`; a long list is cut.
func oneOf(_ choices: [String]) -> String {
  guard choices.count > 1 else { return choices.first ?? "nothing" }
  let shown = choices.prefix(12).joined(separator: ", ")
  return choices.count > 12 ? "one of \(shown), … (\(choices.count) in all)" : "one of \(shown)"
}
