/// One command's page.
struct ManualPage {
  let command: CommandDescription
  let version: String
  let date: String
  let extras: ManualExtras

  var text: String {
    var lines = [
      #".\" Written from the command's definition: do not edit."#,
      ".TH \(Roff.escape(name.uppercased())) 1 \(date) \"\(Roff.escape(version))\" \"User Commands\"",
      ".SH NAME", "\(Roff.escape(name)) \\- \(Roff.escape(summary))",
      ".SH SYNOPSIS",
    ]
    lines += synopsis
    let (description, examples) = discussion
    lines.append(".SH DESCRIPTION")
    lines += Roff.paragraphs(command.abstract ?? path)
    if !description.isEmpty { lines += [".PP"] + Roff.paragraphs(description) }
    lines += subcommands
    lines += items("ARGUMENTS", command.shownArguments.filter { $0.kind == .positional })
    lines += items("OPTIONS", command.shownArguments.filter { $0.kind != .positional })
    for section in extras.byCommand[path] ?? [] { lines += text(of: section) }
    for section in extras.common { lines += text(of: section) }
    if !examples.isEmpty { lines += [".SH EXAMPLES"] + withoutParagraph(Roff.paragraphs(examples)) }
    lines += seeAlso
    return lines.joined(separator: "\n") + "\n"
  }

  private var name: String { command.path.joined(separator: "-") }
  private var path: String { command.path.joined(separator: " ") }

  /// NAME is one line without a full stop.
  private var summary: String {
    let text = (command.abstract ?? path).split(whereSeparator: \.isNewline).joined(separator: " ")
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// The discussion before and after its line `Examples:`.
  private var discussion: (text: String, examples: String) {
    let lines = (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    guard let index = lines.firstIndex(where: { $0 == "Examples:" || $0 == "Example:" }) else {
      return (lines.joined(separator: "\n"), "")
    }
    // What follows the block of examples is text again.
    let after = lines[(index + 1)...]
    let end = after.firstIndex { !$0.isEmpty && !$0.hasPrefix("  ") } ?? after.endIndex
    return (
      (lines[..<index] + lines[end...]).joined(separator: "\n"), after[..<end].joined(separator: "\n")
    )
  }

  private func withoutParagraph(_ lines: [String]) -> [String] {
    lines.first == ".PP" ? Array(lines.dropFirst()) : lines
  }

  private var synopsis: [String] {
    let parts = command.shownArguments.filter { $0.names?.contains { $0.name == "help" } != true }.map {
      $0.usage
    }
    var lines = [([Roff.bold(path)] + parts).joined(separator: " ")]
    if !command.shownSubcommands.isEmpty { lines[0] += " \(Roff.italic("command"))" }
    return lines
  }

  private var subcommands: [String] {
    guard !command.shownSubcommands.isEmpty else { return [] }
    return [".SH COMMANDS"]
      + command.shownSubcommands.flatMap { sub in
        [
          ".TP", "\\fB\(Roff.escape(sub.path.joined(separator: "-")))\\fR(1)",
          Roff.inline(sub.abstract ?? sub.commandName),
        ]
      }
  }

  private func items(_ title: String, _ arguments: [ArgumentDescription]) -> [String] {
    guard !arguments.isEmpty else { return [] }
    return [".SH \(title)"]
      + arguments.flatMap { argument in
        [".TP", argument.term] + argument.explanation
      }
  }

  private func text(of section: ManualExtras.Section) -> [String] {
    var lines = [".SH \(Roff.escape(section.title))"]
    if !section.text.isEmpty { lines += withoutParagraph(Roff.paragraphs(section.text)) }
    for item in section.items { lines += [".TP", Roff.bold(item.term), Roff.inline(item.text)] }
    return lines
  }

  /// What is above, below, and what the extras name.
  private var seeAlso: [String] {
    let above = (1..<command.path.count).map { command.path.prefix($0).joined(separator: "-") + "(1)" }
    let below = command.shownSubcommands.map { "\($0.path.joined(separator: "-"))(1)" }
    let all = above + below + (extras.seeAlso[path] ?? [])
    guard !all.isEmpty else { return [] }
    let texts = all.map { entry in
      let parts = entry.split(separator: "(", maxSplits: 1)
      guard parts.count == 2 else { return Roff.escape(entry) }
      return "\(Roff.bold(String(parts[0])))(\(Roff.escape(String(parts[1])))"
    }
    return [".SH SEE ALSO", texts.joined(separator: ",\n")]
  }
}

extension ArgumentDescription {
  /// `[\-\-output file]`, with fonts.
  fileprivate var usage: String {
    let value = valueName ?? "value"
    var text: String
    switch kind {
    case .positional: text = Roff.italic(value)
    case .option: text = "\(Roff.bold(preferredName?.text ?? value)) \(Roff.italic(value))"
    case .flag: text = Roff.bold(preferredName?.text ?? value)
    }
    if isRepeating { text += " ..." }
    return isOptional ? "[\(text)]" : text
  }

  /// The line of `.TP`.
  fileprivate var term: String {
    let value = valueName ?? "value"
    guard kind != .positional else { return Roff.italic(value) }
    // Short names come first.
    let names = (names ?? []).filter { $0.kind == "short" } + (names ?? []).filter { $0.kind != "short" }
    let text = names.map { Roff.bold($0.text) }.joined(separator: ", ")
    return kind == .flag ? text : "\(text) \(Roff.italic(value))"
  }

  fileprivate var explanation: [String] {
    var text = [abstract, discussion].compactMap(\.self).joined(separator: "\n\n")
    if let allValues, !allValues.allSatisfy({ text.contains($0) }) {
      text += "\(text.isEmpty ? "" : " ")One of \(allValues.map { "`\($0)`" }.joined(separator: ", "))."
    }
    if let defaultValue, !text.contains("(default:") {
      text += "\(text.isEmpty ? "" : " ")(default: \(defaultValue))"
    }
    // A paragraph within an item is indented as the item is.
    return text.isEmpty ? ["\\&"] : Roff.paragraphs(text).map { $0 == ".PP" ? ".IP" : $0 }
  }
}
