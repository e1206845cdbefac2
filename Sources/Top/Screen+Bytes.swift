extension Screen {
  /// What turns a terminal that shows `shown` into one that shows this. Cells that stay are not sent.
  ///
  /// - Parameter shown: nil if nobody knows what it shows; it is cleared then. Another size counts as that.
  public func bytes(after shown: Screen?, colour: Bool) -> [UInt8] {
    var text = ""
    let known = shown.flatMap { $0.columns == columns && $0.rows == rows ? $0 : nil }
    let before = known ?? Screen(columns: columns, rows: rows)
    if known == nil { text += "\u{1b}[0m\u{1b}[2J" }
    // The terminal's cursor and style; nil: not known.
    var cursor: Int?
    var style: Style?
    for place in cells.indices where cells[place] != before.cells[place] {
      var place = place
      // The second half goes with the first, which may be the same as before.
      if cells[place].text.isEmpty {
        if place > 0, cells[place - 1] != before.cells[place - 1] { continue }
        place -= 1
      }
      guard place >= 0 else { continue }
      let cell = cells[place]
      if cursor != place {
        text += "\u{1b}[\(place / columns + 1);\(place % columns + 1)H"
      }
      if style != cell.style {
        text += cell.style.sequence(colour: colour)
        style = cell.style
      }
      text += cell.text
      // After the last column, and after what terminals may give another width than we do, nobody knows where it is.
      let isPlain = cell.text.utf8.count == 1
      let next = place + 1
      cursor = isPlain && next % columns != 0 ? next : nil
    }
    if style != nil { text += "\u{1b}[0m" }
    return Array(text.utf8)
  }
}
