/// What a terminal is to show: cells in rows.
public struct Screen: Hashable, Sendable {
  /// A cell; the second half of a wide character is empty.
  struct Cell: Hashable, Sendable {
    var text = " "
    var style = Style.plain
  }

  /// Columns and rows; a terminal that says more gets no more.
  public static let maximum = 1000

  public let columns: Int
  public let rows: Int
  private(set) var cells: [Cell]

  /// Blank. Sizes below one are one.
  public init(columns: Int, rows: Int) {
    self.columns = min(max(columns, 1), Screen.maximum)
    self.rows = min(max(rows, 1), Screen.maximum)
    cells = Array(repeating: Cell(), count: self.columns * self.rows)
  }

  subscript(column: Int, row: Int) -> Cell { cells[row * columns + column] }

  /// Puts text into a row. What does not fit is left out, a half of a wide character too.
  ///
  /// - Returns: the column after it.
  @discardableResult
  mutating func put(_ glyphs: [Glyph], column: Int, row: Int, style: Style = .plain) -> Int {
    guard row >= 0, row < rows, column >= 0 else { return column }
    var column = column
    for glyph in glyphs {
      guard column + glyph.width <= columns else { break }
      set(Cell(text: glyph.text, style: style), column, row)
      if glyph.width == 2 { set(Cell(text: "", style: style), column + 1, row) }
      column += glyph.width
    }
    return column
  }

  /// The style of a whole row, text or not.
  mutating func fill(row: Int, style: Style) {
    guard row >= 0, row < rows else { return }
    for column in 0..<columns { cells[row * columns + column].style = style }
  }

  private mutating func set(_ cell: Cell, _ column: Int, _ row: Int) {
    let place = row * columns + column
    // A half that stays of a wide character would push its row out of line.
    if cells[place].text.isEmpty, column > 0 { cells[place - 1].text = " " }
    if column + 1 < columns, cells[place + 1].text.isEmpty { cells[place + 1].text = " " }
    cells[place] = cell
  }

  /// The rows as text, without what is blank at their ends.
  public var lines: [String] {
    (0..<rows).map { row in
      let line = cells[(row * columns)..<((row + 1) * columns)]
      let end = line.lastIndex { $0.text != " " } ?? line.startIndex - 1
      return line[...end].reduce(into: "") { $0 += $1.text }
    }
  }
}
