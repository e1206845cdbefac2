/// What stands in one cell of a terminal, or in two: a character that is safe there, perhaps with marks on it.
struct Glyph: Hashable, Sendable {
  var text: String
  /// 1 or 2 columns.
  var width: Int

  /// More marks on a character are left out: they would tower over other rows.
  static let maximumMarks = 2

  /// Text as glyphs. Names are not ours: what could move the cursor, change colours, hide or turn round what follows
  /// becomes a question mark.
  ///
  /// - Parameter limit: columns; the rest is not looked at.
  static func glyphs(of text: some StringProtocol, _ characters: CharacterSet, limit: Int = 512) -> [Glyph] {
    var glyphs: [Glyph] = []
    var width = 0
    var marks = 0
    // Marks have no width: a bound on them as well.
    for scalar in text.unicodeScalars.prefix(4 * limit) {
      switch GlyphWidth(scalar, characters) {
      case .none: continue
      case .mark:
        guard marks < maximumMarks, let last = glyphs.indices.last else { continue }
        glyphs[last].text.unicodeScalars.append(scalar)
        marks += 1
        continue
      case .replaced: glyphs.append(Glyph(text: "?", width: 1))
      case .space: glyphs.append(Glyph(text: " ", width: 1))
      case .narrow: glyphs.append(Glyph(text: String(Character(scalar)), width: 1))
      case .wide: glyphs.append(Glyph(text: String(Character(scalar)), width: 2))
      }
      marks = 0
      width += glyphs[glyphs.count - 1].width
      if width >= limit { break }
    }
    return glyphs
  }

  /// Columns.
  static func width(of text: some StringProtocol, _ characters: CharacterSet) -> Int {
    glyphs(of: text, characters).reduce(0) { $0 + $1.width }
  }

  /// Text in at most so many columns; what is cut off is shown to be.
  static func clipped(_ text: some StringProtocol, to width: Int, _ characters: CharacterSet) -> [Glyph] {
    let glyphs = glyphs(of: text, characters, limit: width + 2)
    guard width > 0 else { return [] }
    guard glyphs.reduce(0, { $0 + $1.width }) > width else { return glyphs }
    var kept: [Glyph] = []
    var used = 0
    for glyph in glyphs where used + glyph.width <= width - 1 {
      kept.append(glyph)
      used += glyph.width
    }
    return kept + [Glyph(text: characters.ellipsis, width: 1)]
  }
}
