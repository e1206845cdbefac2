import SwitchModel

/// The tables as plain text, for pipes and files: nothing is cut, nothing moves the cursor.
public struct TopText: Sendable {
  let characters: CharacterSet
  let isColoured: Bool

  public init(_ characters: CharacterSet, colour: Bool) {
    self.characters = characters
    isColoured = colour
  }

  /// - Parameters:
  ///   - model: has at least one sample.
  ///   - views: those of them with nothing to show are left out, if there are several.
  public func text(_ model: TopModel, views: [TopView]) -> String {
    guard let rates = model.rates else { return "" }
    let version = rates.now.version
    let summary = TopSummary(rates)
    let head = [version.name, version.datapath, "since \(TopView.time(version.started_at)) UTC"]
    var text = safe(head.joined(separator: characters.separator)) + "\n"
    text += summary.parts.map(\.text).joined(separator: characters.separator) + "\n"
    for view in views {
      let rows = model.rows(of: view)
      if rows.isEmpty && views.count > 1 { continue }
      text += "\n" + table(view, rows, model.sorts[view])
    }
    return text
  }

  private func table(_ view: TopView, _ rows: [TopRow], _ sort: TopSort?) -> String {
    let fit = ColumnFit(view, rows, sort: nil, width: nil, characters)
    var text = line(fit, " ", .plain) { TopValue.text(fit.columns[$0].title) }
    for row in rows {
      text += line(fit, row.meaning.sign(characters), row.meaning) { row.values[$0] }
    }
    return text
  }

  private func line(
    _ fit: ColumnFit, _ sign: String, _ meaning: StateMeaning, _ value: (Int) -> TopValue
  ) -> String {
    var text = painted(sign, meaning)
    var blanks = 1
    for place in fit.places {
      let value = value(place.column)
      let shown = safe(value.text)
      let padding = max(0, place.width - Glyph.width(of: value.text, characters))
      let isNumber = fit.columns[place.column].isNumber
      text += String(repeating: " ", count: blanks + (isNumber ? padding : 0))
      text += painted(shown, value.meaning)
      blanks = ColumnFit.gap + (isNumber ? 0 : padding)
    }
    return text + "\n"
  }

  private func safe(_ text: String) -> String {
    Glyph.glyphs(of: text, characters).reduce(into: "") { $0 += $1.text }
  }

  private func painted(_ text: String, _ meaning: StateMeaning) -> String {
    guard isColoured, meaning != .plain else { return text }
    return Style(meaning).sequence(colour: true) + text + Style.plain.sequence(colour: true)
  }
}
