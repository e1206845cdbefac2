import SwitchModel

/// Collects what is wrong with one file, so that everything is told at once.
final class Report {
  let file: String
  private(set) var diagnostics: [Diagnostic] = []

  init(file: String) { self.file = file }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  func error(_ message: String, at position: SourcePosition, path: String = "", expected: String? = nil) {
    add(.error, message, position, path, expected)
  }

  func warning(_ message: String, at position: SourcePosition, path: String, expected: String? = nil) {
    add(.warning, message, position, path, expected)
  }

  /// In the order of the file: checks across clusters run late but belong where they point.
  var sorted: [Diagnostic] {
    diagnostics.enumerated().sorted {
      ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
    }.map(\.element)
  }

  private func add(
    _ severity: Diagnostic.Severity, _ message: String, _ position: SourcePosition, _ path: String,
    _ expected: String?
  ) {
    diagnostics.append(
      Diagnostic(
        severity: severity, file: file, line: position.line, column: position.column, path: path,
        message: message, expected: expected))
  }
}
