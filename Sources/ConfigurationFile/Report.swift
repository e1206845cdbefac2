import SwitchModel

/// Collects what is wrong with one file, so that everything is told at once.
final class Report {
  let file: String
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false
  /// A file can be wrong in as many places as it has bytes; nobody reads so much.
  static let most = 1000
  private var warnings = 0
  private var left = 0

  init(file: String) { self.file = file }

  func error(_ message: String, at position: SourcePosition, path: String = "", expected: String? = nil) {
    add(.error, message, position, path, expected)
  }

  func warning(_ message: String, at position: SourcePosition, path: String, expected: String? = nil) {
    add(.warning, message, position, path, expected)
  }

  /// In the order of the file: checks across clusters run late but belong where they point.
  var sorted: [Diagnostic] {
    let found = diagnostics.enumerated().sorted {
      ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
    }.map(\.element)
    guard left > 0, let last = found.last else { return found }
    return found + [
      Diagnostic(
        severity: hasErrors ? .error : .warning, file: file, line: last.line, column: last.column, path: "",
        message: "and \(left) more", expected: nil)
    ]
  }

  private func add(
    _ severity: Diagnostic.Severity, _ message: String, _ position: SourcePosition, _ path: String,
    _ expected: String?
  ) {
    if severity == .error { hasErrors = true }
    // What warns keeps no error out.
    if (severity == .error ? diagnostics.count - warnings : warnings) >= Report.most {
      left += 1
      return
    }
    if severity != .error { warnings += 1 }
    diagnostics.append(
      Diagnostic(
        severity: severity, file: file, line: position.line, column: position.column, path: path,
        message: message, expected: expected))
  }
}
