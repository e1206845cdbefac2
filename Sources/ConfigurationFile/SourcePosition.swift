/// A place in a file. Both count from 1; a column is a Unicode scalar, as libyaml counts them.
struct SourcePosition: Hashable, Sendable {
  var line: Int
  var column: Int

  static let start = SourcePosition(line: 1, column: 1)
  /// For what is not at a place: a file that cannot be read.
  static let none = SourcePosition(line: 0, column: 0)
}
