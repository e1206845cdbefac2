import Testing

@testable import Top

@Suite("Text for terminals")
struct GlyphTests {
  @Test(
    "What could move the cursor, change colours, hide or turn round becomes a question mark",
    arguments: [
      ("web", "web"), ("a b", "a b"), ("\u{1b}[31m", "?[31m"), ("a\u{7}\r\n\t\u{7f}\u{9b}", "a??????"),
      ("\u{202e}x\u{2066}\u{200b}\u{feff}\u{ad}", "?x????"), ("\u{2028}\u{2029}", "??"), ("\u{e000}", "?"),
      ("\u{a0}\u{3000}", "  "), ("é漢字😀", "é漢字😀"), ("⚠\u{fe0f}", "⚠"),
      ("e\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}"), ("\u{301}a", "a"), ("\u{e0041}", "?"),
    ])
  func safe(_ text: String, _ shown: String) {
    let glyphs = Glyph.glyphs(of: text, .unicode)
    // Scalar by scalar: texts that look alike are equal otherwise.
    #expect(
      glyphs.flatMap { $0.text.unicodeScalars.map(\.value) } == shown.unicodeScalars.map(\.value))
    let ascii = Glyph.glyphs(of: text, .ascii).map(\.text).joined()
    #expect(ascii.utf8.allSatisfy { (0x20...0x7e).contains($0) })
  }

  @Test(
    "Widths",
    arguments: [("", 0), ("web", 3), ("漢字", 4), ("😀", 2), ("e\u{301}", 1), ("ｗ", 2), ("한", 2), ("✓✗◦", 3)])
  func width(_ text: String, _ width: Int) { #expect(Glyph.width(of: text, .unicode) == width) }

  @Test("The wide ranges are in order")
  func ranges() {
    for (one, next) in zip(GlyphWidth.wideRanges, GlyphWidth.wideRanges.dropFirst()) {
      #expect(one.0 <= one.1 && one.1 < next.0)
    }
  }

  @Test(
    "Cut to a width",
    arguments: [
      ("member", 6, "member"), ("member", 5, "memb…"), ("member", 1, "…"), ("member", 0, ""), ("m", 1, "m"),
      ("漢字", 4, "漢字"), ("漢字", 3, "漢…"), ("漢字", 2, "…"), ("漢字", 1, "…"), ("", 0, ""), ("x", -1, ""),
    ])
  func clipped(_ text: String, _ width: Int, _ shown: String) {
    #expect(Glyph.clipped(text, to: width, .unicode).map(\.text).joined() == shown)
  }

  @Test("A text without end costs no more than what is shown of it")
  func long() {
    let long = String(repeating: "a\u{301}", count: 1_000_000)
    #expect(Glyph.glyphs(of: long, .unicode, limit: 10).count == 10)
    #expect(Glyph.glyphs(of: String(repeating: "\u{301}", count: 1_000_000), .unicode).isEmpty)
  }

  @Test(
    "UTF-8 or ASCII, by locale and terminal",
    arguments: [
      (["LANG": "de_DE.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "C"], false), ([:], false),
      (["LANG": "C.UTF-8", "LC_ALL": "C"], false), (["LANG": "C.UTF-8", "LC_ALL": ""], true),
      (["LANG": "C", "LC_CTYPE": "C.UTF-8"], true), (["LANG": "C.UTF-8", "TERM": "linux"], false),
      (["LANG": "C.UTF-8", "TERM": "xterm"], true),
    ])
  func locale(_ environment: [String: String], _ isUnicode: Bool) {
    #expect((CharacterSet(environment: { environment[$0] }) == .unicode) == isUnicode)
  }
}
