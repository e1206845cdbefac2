import Yams

/// Bytes of a file to a tree of nodes with places. Nothing that a file can hold stops the program: depth, aliases and
/// size are bounded, and every fault goes to the report.
struct YAMLReader {
  /// Bytes. A configuration at the limits of the switch (65,535 members) is a quarter of it.
  static let maximumSize = 16 << 20
  /// Of lists and mappings; the schema needs five.
  static let maximumDepth = 32
  /// Nodes after aliases are resolved.
  static let maximumNodes = 2_000_000
  /// Bytes that are composed again because of duplicate keys.
  private static let maximumComposed = 64 << 20

  let report: Report

  /// Nil if there is nothing to check: the report says why.
  func read(_ bytes: [UInt8]) -> YAMLNode? {
    guard bytes.count <= YAMLReader.maximumSize else {
      report.error(
        "the file has more than \(YAMLReader.maximumSize >> 20) MiB", at: .none,
        expected: "a configuration of at most \(YAMLReader.maximumSize >> 20) MiB")
      return nil
    }
    guard let clean = ByteCheck(report: report).check(bytes) else { return nil }
    var text = YAMLText(markingAliasesIn: clean)
    var composed = 0
    while true {
      composed += clean.count
      do {
        let parser = try Parser(yaml: text.string, resolver: .basic, encoding: .utf8)
        guard let root = try parser.singleRoot() else {
          report.error("the file is empty", at: .start, expected: "a mapping with the keys switch and ports")
          return nil
        }
        // Nodes hold their anchors weakly: the parser owns them.
        return withExtendedLifetime(parser) {
          var converter = YAMLConverter(text: text, report: report)
          return converter.convert(root)
        }
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        let position = SourcePosition(line: context.mark.line, column: context.mark.column)
        let name = names.first ?? ""
        if composed > YAMLReader.maximumComposed || !text.overwrite(key: name, at: position) {
          report.error(
            "duplicate key \(quoted(text.restore(key: name)))", at: position, expected: "each key once")
          return nil
        }
      } catch {
        report.syntaxError(error)
        return nil
      }
    }
  }
}

extension Report {
  /// What libyaml stopped at. Nothing behind it can be read.
  fileprivate func syntaxError(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let position = SourcePosition(line: mark.line, column: mark.column)
      if problem.contains("another document") {
        self.error("a second document begins", at: position, expected: "one YAML document")
      } else if problem.hasPrefix("Maximum nesting level") {
        self.error("nested too deeply", at: position, expected: "at most \(YAMLReader.maximumDepth) levels")
      } else {
        let place = context.map { " (\($0.text) at \($0.mark.line):\($0.mark.column))" } ?? ""
        self.error("not YAML: \(problem)\(place)", at: position, expected: "well-formed YAML")
      }
    case .reader(let problem, _, _, _):
      self.error("not YAML: \(problem)", at: .none, expected: "well-formed YAML in UTF-8")
    default:
      self.error("not YAML: \(error)", at: .none, expected: "well-formed YAML")
    }
  }
}
