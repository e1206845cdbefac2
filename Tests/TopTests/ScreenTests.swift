import TerminalFixture
import Testing

@testable import Top

@Suite("Screens")
struct ScreenTests {
  /// The same numbers each time (Knuth, MMIX).
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64 = 1

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 31)
    }
  }

  @Test("From any picture to any other: the terminal shows what was meant")
  func differences() {
    var numbers = Numbers()
    let texts = ["web", "漢字", "e\u{301}x", "😀", "  ", "✓", "12.3k", "한a한"]
    for _ in 0..<300 {
      let columns = Int.random(in: 1...12, using: &numbers)
      let rows = Int.random(in: 1...4, using: &numbers)
      var terminal = FixtureTerminal(columns: columns, rows: rows)
      var shown: Screen?
      for _ in 0..<6 {
        var screen = Screen(columns: columns, rows: rows)
        for _ in 0..<6 {
          screen.put(
            Glyph.glyphs(of: texts.randomElement(using: &numbers) ?? "", .unicode),
            column: Int.random(in: -1...columns, using: &numbers),
            row: Int.random(in: -1...rows, using: &numbers),
            style: Style(isBold: Bool.random(using: &numbers)))
        }
        terminal.take(screen.bytes(after: shown, colour: true))
        #expect(terminal.faults == [])
        #expect(terminal.lines == screen.lines)
        for row in 0..<rows {
          for column in 0..<columns {
            #expect(terminal[column, row].text == screen[column, row].text)
            #expect((terminal[column, row].codes == [1]) == screen[column, row].style.isBold)
          }
        }
        shown = screen
      }
    }
  }

  @Test("What stays is not sent; another size is drawn whole")
  func economy() {
    var one = Screen(columns: 20, rows: 2)
    one.put(Glyph.glyphs(of: "packets 1", .unicode), column: 0, row: 0)
    #expect(one.bytes(after: one, colour: true).isEmpty)
    var two = one
    two.put(Glyph.glyphs(of: "2", .unicode), column: 8, row: 0)
    #expect(
      String(decoding: two.bytes(after: one, colour: true), as: UTF8.self) == "\u{1b}[1;9H\u{1b}[0m2\u{1b}[0m"
    )
    let other = Screen(columns: 21, rows: 2)
    #expect(String(decoding: other.bytes(after: one, colour: true), as: UTF8.self) == "\u{1b}[0m\u{1b}[2J")
  }

  @Test("A half of a wide character is never left standing")
  func halves() {
    var screen = Screen(columns: 4, rows: 1)
    screen.put(Glyph.glyphs(of: "漢字", .unicode), column: 0, row: 0)
    screen.put(Glyph.glyphs(of: "x", .unicode), column: 1, row: 0)
    #expect(screen.lines == [" x字"])
    screen.put(Glyph.glyphs(of: "y", .unicode), column: 2, row: 0)
    #expect(screen.lines == [" xy"])
    screen.put(Glyph.glyphs(of: "漢", .unicode), column: 3, row: 0)
    #expect(screen.lines == [" xy"])
  }
}
