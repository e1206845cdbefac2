/// A column of a table: how it gets its cells from rows.
public struct Column<Row>: Sendable {
  public enum Alignment: Sendable {
    case left, right
  }
  public var title: String
  public var alignment: Alignment
  public var cell: @Sendable (Row, NumberStyle) -> Cell

  public init(
    _ title: String, _ alignment: Alignment = .left, cell: @escaping @Sendable (Row, NumberStyle) -> Cell
  ) {
    self.title = title
    self.alignment = alignment
    self.cell = cell
  }

  /// Text to the left.
  static func text(_ title: String, _ value: @escaping @Sendable (Row) -> String?) -> Column {
    Column(title) { row, _ in Cell(value(row)) }
  }

  static func state(_ title: String, _ value: @escaping @Sendable (Row) -> String) -> Column {
    Column(title) { row, _ in Cell(state: value(row)) }
  }

  /// A number to the right, as it is.
  static func number(_ title: String, _ value: @escaping @Sendable (Row) -> Int?) -> Column {
    Column(title, .right) { row, _ in Cell(value(row)) }
  }

  /// A counter to the right; `--human` shortens it.
  static func counter(_ title: String, _ value: @escaping @Sendable (Row) -> UInt64) -> Column {
    Column(title, .right) { row, style in Cell(style.text(value(row))) }
  }
}
