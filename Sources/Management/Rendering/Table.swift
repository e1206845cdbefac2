/// Rows as aligned text: a line of titles, then a line a row; columns two spaces apart, numbers to the right, no
/// space at a line's end. Easy on the eye and on `awk`: no cell has white space in it.
public struct Table<Row>: Sendable {
  public var columns: [Column<Row>]

  public init(_ columns: [Column<Row>]) { self.columns = columns }

  /// - Parameter colour: whether the text goes to something that understands ECMA-48 colours.
  public func text(_ rows: [Row], numbers: NumberStyle = .exact, colour: Bool = false) -> String {
    let cells = rows.map { row in columns.map { $0.cell(row, numbers) } }
    let texts = cells.map { $0.map(\.safeText) }
    let widths = columns.indices.map { column in
      texts.reduce(columns[column].title.count) { max($0, $1[column].count) }
    }
    var result = ""
    func line(_ texts: [String], _ paint: (Int, String) -> String) {
      for (column, text) in texts.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - text.count)
        let isLast = column == texts.count - 1
        if columns[column].alignment == .right { result += padding }
        result += paint(column, text)
        if columns[column].alignment == .left, !isLast { result += padding }
        if !isLast { result += "  " }
      }
      result += "\n"
    }
    line(columns.map(\.title)) { _, text in colour ? Paint.bold(text) : text }
    for (row, texts) in texts.enumerated() {
      line(texts) { column, text in colour ? Paint.tone(text, cells[row][column].tone) : text }
    }
    return result
  }
}
