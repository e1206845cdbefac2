import SwitchModel
import TerminalFixture
import Testing

@testable import Top

@Suite("The picture of top")
struct TopLayoutTests {
  static let hostile = "\u{1b}[31m\r\n漢字e\u{301}\u{301}\u{301}\u{202e}\u{200b}😀"

  private static func screen(_ model: TopModel, _ columns: Int, _ rows: Int, _ set: CharacterSet = .unicode)
    -> Screen
  {
    var model = model
    return TopLayout(columns: columns, rows: rows, set).screen(&model)
  }

  @Test("At every width: the picture fits, also with hostile names", arguments: TopView.allCases)
  func widths(_ view: TopView) {
    var models = [Samples.model(view), Samples.model(view, name: Self.hostile), TopModel(view: view)]
    models[1].fail(Self.hostile, at: .seconds(9))
    models[2].type("/" + Self.hostile)
    var help = models[0]
    help.type("?")
    for (number, model) in (models + [help]).enumerated() {
      // Every width for the worst of them, some for the others.
      for columns in number == 1 ? Array(1...200) : [1, 2, 3, 4, 9, 20, 39, 40, 79, 80, 81, 200] {
        let rows = [1, 2, 3, 5, 9, 12][columns % 6]
        let screen = Self.screen(model, columns, rows)
        var terminal = FixtureTerminal(columns: columns, rows: rows)
        terminal.take(screen.bytes(after: nil, colour: true))
        #expect(terminal.faults == [])
        #expect(terminal.lines == screen.lines)
      }
    }
  }

  @Test("At every height, one row and one column too")
  func heights() {
    for rows in 1...30 {
      for columns in [1, 2, 3, 80] {
        let screen = Self.screen(Samples.model(.events), columns, rows)
        #expect(screen.lines.count == rows)
        #expect(screen.lines[rows >= 9 ? 2 : rows >= 6 ? 1 : 0].hasPrefix("✗"))
      }
    }
    #expect(Self.screen(Samples.model(), 1, 1).lines == ["✗"])
    #expect(Self.screen(Samples.model(), 1, 1, .ascii).lines == ["X"])
    #expect(Self.screen(Samples.model(), 0, -1).lines == ["✗"])
    #expect(Self.screen(Samples.model(), 1_000_000, 1).columns == Screen.maximum)
  }

  @Test("80 by 24, line by line")
  func picture() {
    let lines = Self.screen(Samples.model(), 80, 12).lines
    #expect(
      lines == [
        "fs1 · xdp · since 01-02 03:04:05 UTC · flowswitch 0.1.0                 every 1s",
        "in 55.0k pkt/s 5.12M bit/s · out 100 pkt/s 51.2k bit/s · drops 20/s",
        "✗ Ports 9/10 Clusters 0/2 Members 2/6 Routers 1/1 Drops Events",
        "  CLUSTER  STATE     MEMBERS   PKT/S   BIT/S  NEW FLOWS/S  ADDRESS      MODE",
        "! web      degraded  2/3         300    154k           15  10.50.0.100  balanced",
        "✗ db       failed    0/3           0       0           15  10.50.0.100  balanced",
        "", "", "", "", "",
        "? help   q quit   / filter   s sort   Space pause   Tab view",
      ])
  }

  @Test("ASCII where the terminal has no more")
  func ascii() {
    for view in TopView.allCases {
      let lines = Self.screen(Samples.model(view, name: "漢"), 60, 9, .ascii).lines
      #expect(lines.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
    }
    #expect(Self.screen(Samples.model(.ports), 20, 6, .ascii).lines[5].hasSuffix("1-2 of 10"))
  }

  @Test("A narrow terminal shows fewer columns; the arrows move through them, and the sorted one stays")
  func columns() {
    var model = Samples.model(.ports)
    func heading() -> String { Self.screen(model, 30, 10).lines[3] }
    #expect(heading() == "  PORT   LINK  RX PKT/S  MODE")
    model.type("\u{1b}[C\u{1b}[C")
    #expect(heading() == "  PORT   RX PKT/S  RX BIT/S")
    model = Samples.model(.ports, sort: TopSort(key: "stations", isDescending: true))
    #expect(heading() == "  PORT   LINK  STATIONS▾  MODE")
  }

  @Test("States are told by a sign and a word as well as by colour")
  func states() {
    let screen = Self.screen(Samples.model(.members), 120, 20)
    let rows = screen.lines.filter { $0.contains("/s") && $0.contains("eth") }
    #expect(rows.count == 6)
    #expect(rows[0].hasPrefix("✓ web/s1  operational"))
    #expect(rows[1].hasPrefix("! web/s2  unresolved"))
    #expect(rows[2].hasPrefix("! web/s3  operational") && rows[2].contains("draining"))
    #expect(rows[3].hasPrefix("✗ db/s1   failed"))
    #expect(screen[0, 4].style.meaning == .good && screen[0, 7].style.meaning == .bad)
    #expect(screen[10, 5].style.meaning == .warning)
  }

  @Test("Without colour there is none, but bold, dim and reverse")
  func colour() {
    var terminal = FixtureTerminal(columns: 80, rows: 24)
    terminal.take(Self.screen(Samples.model(.members), 80, 24).bytes(after: nil, colour: false))
    #expect(Set(terminal.cells.flatMap(\.codes)) == [1, 2, 7])
    terminal.take(Self.screen(Samples.model(.members), 80, 24).bytes(after: nil, colour: true))
    #expect(Set(terminal.cells.flatMap(\.codes)).isSuperset(of: [1, 2, 7, 31, 32, 33]))
  }

  @Test("Without an answer the last picture is greyed, and it is said why and for how long")
  func failure() {
    var model = Samples.model(.members)
    model.fail("nobody listens", at: .seconds(12))
    let screen = Self.screen(model, 60, 14)
    #expect(screen.lines[0] == "✗ no answer for 10 s, trying again: nobody listens")
    #expect(screen.lines[4].hasPrefix("✓ web/s1"))
    for row in 1..<10 {
      for column in 1..<60 where screen[column, row].text != " " { #expect(screen[column, row].style.isDim) }
    }
    #expect(Self.screen(model, 30, 3).lines[0] == "✗ no answer for 10 s, trying …")
    #expect(Self.screen(model, 1, 1).lines == ["✗"])
  }

  @Test("What there is to say finds a place: a question in one row, nothing to show, where one is")
  func messages() {
    var model = Samples.model(.members)
    model.type("/nothing")
    #expect(Self.screen(model, 20, 1).lines == ["/nothing"])
    #expect(Self.screen(model, 5, 1).lines == ["hing"])
    model.type("\r")
    let lines = Self.screen(model, 60, 10).lines
    #expect(lines[4] == "  no members contain 'nothing'")
    #expect(lines[9].hasPrefix("/nothing  Esc: all"))
    #expect(Self.screen(TopModel(), 60, 10).lines[4] == "waiting for the switch")
    var empty = Samples.sample(1)
    empty.routers = []
    var idle = TopModel(view: .routers)
    idle.take(empty)
    #expect(Self.screen(idle, 60, 10).lines[4] == "  there are no routers")
    var events = Samples.model(.events)
    events.type("\u{1b}[F")
    #expect(Self.screen(events, 80, 10).lines[9].hasSuffix("26–30 of 30"))
  }

  @Test("As text: nothing is cut, nothing moves the cursor")
  func text() {
    let views = TopView.allCases
    let text = TopText(.unicode, colour: false).text(Samples.model(name: Self.hostile), views: views)
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f || $0 == "\n" })
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count > 60)
    let one = TopText(.ascii, colour: false).text(
      Samples.model(filter: "web"), views: [.clusters])
    #expect(
      one == """
        fs1 | xdp | since 01-02 03:04:05 UTC
        in 55.0k pkt/s 5.12M bit/s | out 100 pkt/s 51.2k bit/s | drops 20/s | new flows 30/s

          CLUSTER  STATE     MEMBERS   PKT/S   BIT/S  NEW FLOWS/S  ADDRESS      MODE      BUCKETS  PACKETS   BYTES  VIRTUAL MAC
        ! web      degraded  2/3         300    154k           15  10.50.0.100  balanced     1024      600   38.4k  02:f5:00:00:00:01

        """)
    let coloured = TopText(.ascii, colour: true).text(Samples.model(), views: [.clusters])
    #expect(coloured.contains("\u{1b}[0;31mX\u{1b}[0m"))
  }
}
