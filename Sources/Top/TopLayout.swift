import SwitchModel

/// Puts the model onto a screen of any size.
///
/// By height: with one row there is the state of the switch in a line, at one column its worst sign alone. Then come, as
/// there is room, the table's rows, its headings (from 3), a line of help (from 5), the switch's name (from 6) and its
/// rates (from 9). A question or a failure always finds a place.
public struct TopLayout: Sendable {
  let characters: CharacterSet
  let columns: Int
  let rows: Int

  public init(columns: Int, rows: Int, _ characters: CharacterSet) {
    self.columns = min(max(columns, 1), Screen.maximum)
    self.rows = min(max(rows, 1), Screen.maximum)
    self.characters = characters
  }

  private var hasHeadings: Bool { rows >= 3 }
  private var hasFooter: Bool { rows >= 5 }
  private var hasTitle: Bool { rows >= 6 }
  private var hasRates: Bool { rows >= 9 }

  private var header: Int { 1 + (hasTitle ? 1 : 0) + (hasRates ? 1 : 0) }
  /// Rows of the table.
  var page: Int { max(0, rows - header - (hasHeadings ? 1 : 0) - (hasFooter ? 1 : 0)) }
  /// Rows of the help, which stands in the place of headings and table.
  private var helpPage: Int { max(0, rows - header - (hasFooter ? 1 : 0)) }

  /// Also tells the model how far a page goes.
  public func screen(_ model: inout TopModel) -> Screen {
    model.fit(page: model.isHelpShown ? helpPage : page)
    var screen = Screen(columns: columns, rows: rows)
    let summary = model.rates.map { TopSummary($0) }
    var row = 0
    if hasTitle {
      title(model, &screen)
      row += 1
    }
    if hasRates {
      rates(summary, model, &screen, row)
      row += 1
    }
    if model.failure != nil && !hasTitle {
      failure(model, &screen, row)
    } else {
      tabs(summary, model, &screen, row)
    }
    row += 1
    if model.isHelpShown {
      help(model, &screen, from: row)
    } else {
      table(model, &screen, from: row)
    }
    if hasFooter || model.prompt != nil { footer(model, &screen, rows - 1) }
    return screen
  }

  // MARK: The lines

  private func title(_ model: TopModel, _ screen: inout Screen) {
    if model.failure != nil { return failure(model, &screen, 0) }
    let right = (model.isPaused ? "paused, " : "") + "every \(model.interval.text)"
    guard let version = model.rates?.now.version else {
      return put("flowswitch top", &screen, 0, Style(isBold: true))
    }
    let since = TopView.time(version.started_at)
    let parts = [version.name, version.datapath, "since \(since) UTC", "flowswitch \(version.version)"]
    let end = put(parts, &screen, 0) { $0 == 0 ? Style(isBold: true) : .plain }
    putRight(right, &screen, 0, after: end, model.isPaused ? Style(.warning, isReverse: true) : .plain)
  }

  private func rates(_ summary: TopSummary?, _ model: TopModel, _ screen: inout Screen, _ row: Int) {
    let parts = summary?.parts ?? []
    put(parts.map(\.text), &screen, row) { style(parts[$0].meaning, model) }
  }

  private func failure(_ model: TopModel, _ screen: inout Screen, _ row: Int) {
    guard let failure = model.failure else { return }
    let style = Style(.bad, isReverse: true)
    screen.fill(row: row, style: style)
    let sign = Glyph.clipped(StateMeaning.bad.sign(characters), to: 1, characters)
    screen.put(sign, column: 0, row: row, style: style)
    let age = model.rates.map { " for \(max(.zero, failure.now - $0.now.time).components.seconds) s" } ?? ""
    let text = "no answer\(age), trying again: \(failure.reason)"
    screen.put(Glyph.clipped(text, to: columns - 2, characters), column: 2, row: row, style: style)
  }

  /// The views with what works of their things; the present one is reversed. In a narrow terminal less is said.
  private func tabs(_ summary: TopSummary?, _ model: TopModel, _ screen: inout Screen, _ row: Int) {
    let worst = model.failure == nil ? summary?.worst ?? .plain : .bad
    screen.put(
      Glyph.clipped(worst.sign(characters), to: 1, characters), column: 0, row: row,
      style: Style(worst, isBold: true))
    for detail in TabDetail.allCases {
      let texts = TopView.allCases.map { detail.text($0, isCurrent: $0 == model.view, summary) }
      let width = texts.reduce(2) { $0 + $1.utf8.count + 1 } - 1
      guard width <= columns || detail == .least else { continue }
      var column = 2
      for (view, text) in zip(TopView.allCases, texts) where column < columns && !text.isEmpty {
        let meaning = summary?.counts[view]?.worst ?? .plain
        var style = style(meaning == .good ? .plain : meaning, model)
        style.isReverse = view == model.view
        column = screen.put(
          Glyph.clipped(text, to: columns - column, characters), column: column, row: row, style: style)
        column += 1
      }
      return
    }
  }

  private func table(_ model: TopModel, _ screen: inout Screen, from top: Int) {
    guard page > 0 else { return }
    let shown = model.rows.dropFirst(model.offset).prefix(page)
    let measured =
      model.rows.count <= ColumnFit.sample ? model.rows[...] : shown
    let fit = ColumnFit(
      model.view, measured, sort: model.sort, width: max(1, columns - 2), skipped: model.skippedColumns,
      characters)
    var row = top
    if hasHeadings {
      let style = Style(isBold: true, isDim: model.failure != nil)
      screen.fill(row: row, style: style)
      put(fit, &screen, row) { (heading(model.view.columns[$0], model.sort), style) }
      row += 1
    }
    if shown.isEmpty { return put(nothing(model), &screen, row, Style(isDim: true)) }
    for (number, line) in shown.enumerated() {
      let sign = Glyph.clipped(line.meaning.sign(characters), to: 1, characters)
      screen.put(sign, column: 0, row: row + number, style: style(line.meaning, model))
      put(fit, &screen, row + number) { (line.values[$0].text, style(line.values[$0].meaning, model)) }
    }
  }

  private func help(_ model: TopModel, _ screen: inout Screen, from top: Int) {
    for (number, line) in TopHelp.lines.dropFirst(model.offset).prefix(helpPage).enumerated() {
      let keys = line.keys + String(repeating: " ", count: max(1, 12 - line.keys.utf8.count))
      let end = screen.put(
        Glyph.clipped(keys, to: columns, characters), column: 0, row: top + number, style: Style(isBold: true)
      )
      screen.put(Glyph.clipped(line.meaning, to: columns - end, characters), column: end, row: top + number)
    }
  }

  private func footer(_ model: TopModel, _ screen: inout Screen, _ row: Int) {
    if let prompt = model.prompt {
      screen.fill(row: row, style: .plain)
      // The end of what is typed is what one wants to see.
      let glyphs = Glyph.glyphs(of: "/" + prompt, characters)
      var first = glyphs.startIndex
      while glyphs[first...].reduce(1, { $0 + $1.width }) > columns, first < glyphs.count - 1 { first += 1 }
      clear(&screen, row)
      let end = screen.put(Array(glyphs[first...]), column: 0, row: row, style: Style(isBold: true))
      screen.put(Glyph.clipped(" ", to: 1, characters), column: end, row: row, style: Style(isReverse: true))
      return
    }
    let dim = Style(isDim: true)
    if model.isHelpShown { return put("any key: back   q: quit", &screen, row, dim) }
    var left = model.filter.isEmpty ? [] : ["/\(model.filter)  Esc: all"]
    left += ["? help", "q quit", "/ filter", "s sort", "Space pause", "Tab view"]
    let last = min(model.offset + page, model.rows.count)
    let right =
      model.rows.count > page
      ? "\(model.offset + 1)\(characters.dash)\(last) of \(model.rows.count)" : ""
    let room = columns - (right.isEmpty ? 0 : Glyph.width(of: right, characters) + 2)
    var text = ""
    for part in left where Glyph.width(of: text + part, characters) + 3 <= room || text.isEmpty {
      text += (text.isEmpty ? "" : "   ") + part
    }
    let glyphs = Glyph.clipped(text, to: max(room, 0), characters)
    let end = screen.put(glyphs, column: 0, row: row, style: dim)
    putRight(right, &screen, row, after: end, dim)
  }

  // MARK: Parts

  private func nothing(_ model: TopModel) -> String {
    if model.rates == nil { return "waiting for the switch" }
    return model.filter.isEmpty
      ? "  there are no \(model.view.rawValue)" : "  no \(model.view.rawValue) contain '\(model.filter)'"
  }

  private func heading(_ column: TopColumn, _ sort: TopSort?) -> String {
    guard let sort, sort.key == column.key else { return column.title }
    return column.title + (sort.isDescending ? characters.descending : characters.ascending)
  }

  /// Nothing of an old picture may look as if it were so now.
  private func style(_ meaning: StateMeaning, _ model: TopModel) -> Style {
    model.failure == nil ? Style(meaning) : Style(isDim: true)
  }

  private func clear(_ screen: inout Screen, _ row: Int) {
    screen.put(
      Array(repeating: Glyph(text: " ", width: 1), count: columns), column: 0, row: row)
  }

  /// A line of the table.
  private func put(
    _ fit: ColumnFit, _ screen: inout Screen, _ row: Int, _ value: (Int) -> (text: String, style: Style)
  ) {
    var column = 2
    for place in fit.places {
      let (text, style) = value(place.column)
      let glyphs = Glyph.clipped(text, to: min(place.width, columns - column), characters)
      let used = glyphs.reduce(0) { $0 + $1.width }
      let start = isNumber(place, fit) ? column + place.width - used : column
      screen.put(glyphs, column: start, row: row, style: style)
      column += place.width + ColumnFit.gap
    }
  }

  private func isNumber(_ place: ColumnFit.Place, _ fit: ColumnFit) -> Bool {
    fit.columns[place.column].isNumber
  }

  private func put(_ text: String, _ screen: inout Screen, _ row: Int, _ style: Style) {
    screen.put(Glyph.clipped(text, to: columns, characters), column: 0, row: row, style: style)
  }

  /// Parts with separators between, as many as there is room for; the first in any case.
  @discardableResult
  private func put(
    _ parts: [String], _ screen: inout Screen, _ row: Int, style: (Int) -> Style
  ) -> Int {
    var column = 0
    for (number, part) in parts.enumerated() {
      let separator = number == 0 ? "" : characters.separator
      let width = Glyph.width(of: separator + part, characters)
      if number > 0, column + width > columns { break }
      column = screen.put(
        Glyph.glyphs(of: separator, characters), column: column, row: row, style: Style(isDim: true))
      column = screen.put(
        Glyph.clipped(part, to: columns - column, characters), column: column, row: row, style: style(number))
    }
    return column
  }

  private func putRight(
    _ text: String, _ screen: inout Screen, _ row: Int, after end: Int, _ style: Style
  ) {
    let glyphs = Glyph.glyphs(of: text, characters)
    let start = columns - glyphs.reduce(0) { $0 + $1.width }
    // Without a space between, it would be read as one.
    guard start > end else { return }
    screen.put(glyphs, column: start, row: row, style: style)
  }
}
