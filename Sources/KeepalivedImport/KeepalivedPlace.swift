/// A place in a file that is imported. Line and column count from 1; a column is a byte, as keepalived's own messages
/// know none.
public struct KeepalivedPlace: Hashable, Sendable {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension KeepalivedPlace: CustomStringConvertible {
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}
