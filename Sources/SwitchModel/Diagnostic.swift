/// One thing that is wrong, or worth knowing, in a file that an operator wrote.
public struct Diagnostic: Codable, Hashable, Sendable {
  public enum Severity: String, Codable, Sendable {
    case error, warning
  }
  public var severity: Severity
  public var file: String
  /// From 1; 0 where the fault is not at a place in the file (it cannot be read).
  public var line: Int
  /// From 1, counted in Unicode scalars; 0 like `line`.
  public var column: Int
  /// Where in the configuration: `clusters[0].members[1].port`. Empty for the file as a whole.
  public var path: String
  public var message: String
  /// What would have been right; nil where the message says all.
  public var expected: String?

  public init(
    severity: Severity, file: String, line: Int, column: Int, path: String, message: String,
    expected: String?
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.expected = expected
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `fs1.yaml:12:9: clusters[0].members[1].port: no port is named 'sw-s9'; expected one of sw-s1, sw-s2`
  public var description: String {
    var text = line > 0 ? "\(file):\(line):\(column): " : "\(file): "
    if severity == .warning { text += "warning: " }
    if !path.isEmpty { text += "\(path): " }
    text += message
    if let expected { text += "; expected \(expected)" }
    return text
  }
}
