/// A small terminal (ECMA-48, and xterm's private modes): shows what it is sent, and notes what it does not know.
public struct FixtureTerminal: Sendable {
  public struct Cell: Hashable, Sendable {
    /// Empty: the second half of a wide character.
    public var text = " "
    /// Of Select Graphic Rendition.
    public var codes: [Int] = []
  }

  private enum State: Sendable {
    case ground
    case escape
    case sequence(String)
  }

  public private(set) var columns: Int
  public private(set) var rows: Int
  public private(set) var cells: [Cell]
  /// Private modes that are on: 7 wraps lines, 25 shows the cursor, 1049 is the other screen.
  public private(set) var modes: Set<Int> = [7, 25]
  /// How often the other screen was entered.
  public private(set) var entries = 0
  /// What a terminal should not have been sent.
  public private(set) var faults: [String] = []
  /// Its size has changed, and nothing was drawn anew since: what comes may still be for the size before.
  public private(set) var isStale = false
  private var main: [Cell] = []
  private var cursor = (column: 0, row: 0)
  private var codes: [Int] = []
  private var state = State.ground
  private var rest: [UInt8] = []

  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Cell(), count: columns * rows)
  }

  /// What was there is lost, as most terminals do in their own ways.
  public mutating func resize(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Cell(), count: columns * rows)
    cursor = (0, 0)
    isStale = true
  }

  /// Without what is blank at the rows' ends.
  public var lines: [String] {
    (0..<rows).map { row in
      let line = cells[(row * columns)..<((row + 1) * columns)]
      let end = line.lastIndex { $0.text != " " } ?? line.startIndex - 1
      return line[...end].reduce(into: "") { $0 += $1.text }
    }
  }

  public subscript(column: Int, row: Int) -> Cell { cells[row * columns + column] }

  public mutating func take(_ bytes: some Sequence<UInt8>) {
    rest += bytes
    // A character may be cut at the end.
    var end = rest.endIndex
    for back in 1...3 where rest.count >= back {
      let byte = rest[rest.endIndex - back]
      if byte & 0xc0 == 0x80 { continue }
      let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
      if length > back { end = rest.endIndex - back }
      break
    }
    for scalar in String(decoding: rest[..<end], as: UTF8.self).unicodeScalars { take(scalar) }
    rest.removeSubrange(..<end)
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    switch state {
    case .ground:
      switch scalar.value {
      case 0x1b: state = .escape
      case 0x0d: cursor.column = 0
      case 0x0a: cursor.row = min(cursor.row + 1, rows - 1)
      case 0x00...0x1f, 0x7f...0x9f: faults.append("control \(scalar.value)")
      default: put(scalar)
      }
    case .escape:
      state = scalar == "[" ? .sequence("") : .ground
      if scalar != "[" { faults.append("escape \(scalar)") }
    case .sequence(let text):
      if (0x40...0x7e).contains(scalar.value) {
        state = .ground
        perform(text, scalar)
      } else if (0x20...0x3f).contains(scalar.value) {
        state = .sequence(text + String(Character(scalar)))
      } else {
        // What is cut short begins anew.
        state = scalar.value == 0x1b ? .escape : .ground
      }
    }
  }

  private mutating func perform(_ text: String, _ final: Unicode.Scalar) {
    let isPrivate = text.hasPrefix("?")
    let numbers = (isPrivate ? text.dropFirst() : text[...]).split(
      separator: ";", omittingEmptySubsequences: false
    ).map { Int($0) ?? 0 }
    switch (isPrivate, final) {
    case (false, "H"):
      cursor.row = min(max((numbers.first ?? 1) - 1, 0), rows - 1)
      cursor.column = min(max((numbers.count > 1 ? numbers[1] : 1) - 1, 0), columns - 1)
    case (false, "J") where numbers == [2]:
      cells = Array(repeating: Cell(), count: columns * rows)
      isStale = false
    case (false, "K") where numbers == [0]:
      for column in cursor.column..<max(columns, cursor.column) {
        cells[cursor.row * columns + column] = Cell()
      }
    case (false, "m"): codes = numbers.lastIndex(of: 0).map { Array(numbers[($0 + 1)...]) } ?? codes + numbers
    case (true, "h"):
      modes.formUnion(numbers)
      if numbers.contains(1049) {
        entries += 1
        main = cells
        cells = Array(repeating: Cell(), count: columns * rows)
      }
    case (true, "l"):
      modes.subtract(numbers)
      if numbers.contains(1049), main.count == cells.count { cells = main }
    default: faults.append("sequence \(text)\(final)")
    }
  }

  /// Knows the widths of a few: independent of what is tested.
  private mutating func put(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if (0x300...0x36f).contains(value) {
      let place = cursor.row * columns + cursor.column - 1
      if cells.indices.contains(place) { cells[place].text.unicodeScalars.append(scalar) }
      return
    }
    let isWide =
      (0x4e00...0x9fff).contains(value) || (0xac00...0xd7a3).contains(value)
      || (0x1f600...0x1f64f).contains(value)
    let width = isWide ? 2 : 1
    guard cursor.column + width <= columns else {
      if !isStale { faults.append("beyond the right edge: \(scalar)") }
      return
    }
    let place = cursor.row * columns + cursor.column
    if cells[place].text.isEmpty, cursor.column > 0 { cells[place - 1].text = " " }
    cells[place] = Cell(text: String(Character(scalar)), codes: codes)
    if isWide { cells[place + 1] = Cell(text: "", codes: codes) }
    let next = cursor.column + width
    if next < columns, cells[place + width].text.isEmpty { cells[place + width].text = " " }
    // At the edge the cursor stays on the last column; what is put there next is a mistake.
    cursor.column = next
  }
}
