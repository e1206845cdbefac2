import SwitchModel
import Testing

@testable import Top

@Suite("The model of top")
struct TopModelTests {
  @Test("Every row has a value a column, and names are unique", arguments: TopView.allCases)
  func columns(_ view: TopView) {
    let model = Samples.model(view)
    #expect(!model.rows.isEmpty)
    for row in model.rows { #expect(row.values.count == view.columns.count) }
    #expect(Set(view.columns.map(\.key)).count == view.columns.count)
    #expect(Set(view.columns.map(\.rank)).count == view.columns.count)
  }

  @Test(
    "Rates are those between two samples",
    arguments: [
      (.ports, "packets", ["1.00k", "2.00k"]), (.ports, "bits", ["512k", "512k"]),
      (.ports, "tx-packets", ["10", "10"]), (.ports, "drops", ["2", "2"]), (.ports, "dropped", ["4", "4"]),
      (.ports, "speed", ["10000", "-"]), (.clusters, "packets", ["300", "0"]),
      (.clusters, "bits", ["154k", "0"]), (.clusters, "flows", ["15", "15"]),
      (.clusters, "members", ["2/3", "0/3"]), (.members, "packets", ["100", "100"]),
      (.members, "share", ["33%", "33%"]), (.members, "time", ["01-02 03:04:05", "01-02 03:04:05"]),
      (.routers, "packets", ["7"]), (.routers, "share", ["100%"]), (.routers, "time", ["soon"]),
      (.drops, "drops", ["20", "0"]), (.events, "number", ["30", "29"]),
    ] as [(TopView, String, [String])])
  func rates(_ view: TopView, _ column: String, _ texts: [String]) {
    #expect(Array(Samples.model(view).column(column).prefix(texts.count)) == texts)
  }

  @Test("No rate is known before the second sample, nor where the switch began anew")
  func unknown() {
    var model = TopModel(view: .members)
    #expect(!model.hasSample && model.rows.isEmpty)
    model.take(Samples.sample(1))
    #expect(model.column("packets")[0] == "-")
    model.take(Samples.sample(2))
    #expect(model.column("packets")[0] == "100")
    // The same daemon whose counters went back.
    var back = Samples.sample(3)
    back.members[0].packets = 1
    model.take(back)
    #expect(Array(model.column("packets").prefix(2)) == ["-", "100"])
    // Another daemon, whose counters happen to be higher.
    model.take(Samples.sample(4, startedAt: "2025-01-02T04:00:00Z"))
    #expect(model.column("packets")[0] == "-")
  }

  @Test("Names that come twice are no end of it")
  func twice() {
    var sample = Samples.sample(1)
    sample.ports += sample.ports
    sample.clusters += sample.clusters
    sample.members += sample.members
    sample.drops += sample.drops
    var model = TopModel(view: .ports)
    model.take(sample)
    sample.time = .seconds(2)
    model.take(sample)
    #expect(model.rows.count == 20)
    for view in TopView.allCases { model.type(String(view.key)) }
  }

  @Test("Counters at their end")
  func overflow() {
    var sample = Samples.sample(1)
    var model = TopModel(view: .ports)
    sample.ports[0].rx_packets = 0
    model.take(sample)
    sample.time = .seconds(2)
    sample.ports[0].rx_packets = .max
    sample.ports[0].rx_dropped = .max
    sample.ports[0].tx_dropped = .max
    sample.clusters[0].members_total = 0
    model.take(sample)
    #expect(model.column("packets")[0] == "18.4E")
    #expect(model.column("dropped")[0] == "18.4E")
  }

  @Test(
    "Sorted: numbers from the largest, names as people count, states from the worst; what is not known last",
    arguments: [
      (.ports, "name", false, "name", ["eth1", "eth2", "eth3"]),
      (.ports, "name", true, "name", ["eth10", "eth9", "eth8"]),
      (.ports, "packets", true, "name", ["eth10", "eth9", "eth8"]),
      (.ports, "speed", true, "speed", ["10000", "10000", "10000"]),
      (.ports, "state", true, "name", ["eth3", "eth1", "eth2"]),
      (.members, "state", true, "state", ["failed", "failed", "failed", "unresolved"]),
      (.members, "mac", false, "name", ["web/s1", "db/s1", "web/s3", "db/s3", "web/s2", "db/s2"]),
      (.members, "mac", true, "name", ["web/s3", "db/s3", "web/s1", "db/s1", "web/s2", "db/s2"]),
      (.drops, "bogus", true, "name", ["no-member", "isolated"]),
    ] as [(TopView, String, Bool, String, [String])])
  func sort(_ view: TopView, _ key: String, _ descending: Bool, _ column: String, _ texts: [String]) {
    let model = Samples.model(view, sort: TopSort(key: key, isDescending: descending))
    #expect(Array(model.column(column).prefix(texts.count)) == texts)
  }

  @Test(
    "Numbers in names",
    arguments: [
      ("eth2", "eth10"), ("eth2", "eth2a"), ("a", "b"), ("", "a"), ("s9/x", "s10/a"), ("a1b2", "a1b10"),
      ("eth99999999999999999998", "eth99999999999999999999"),
    ])
  func natural(_ left: String, _ right: String) {
    #expect(TopValue.Order.precedes(left, right))
    #expect(!TopValue.Order.precedes(right, left))
    #expect(!TopValue.Order.precedes(left, left))
  }

  @Test(
    "Keys: views",
    arguments: [
      ("p", .ports), ("c", .clusters), ("m", .members), ("r", .routers), ("d", .drops), ("e", .events),
      ("M", .members), ("\t", .members), ("\u{1b}[Z", .ports), ("\t\t\t\t\t\t", .clusters), ("x", .clusters),
    ] as [(String, TopView)])
  func views(_ keys: String, _ view: TopView) {
    var model = Samples.model()
    model.type(keys)
    #expect(model.view == view)
  }

  @Test("Keys: sorting goes through the columns and back to the order of the switch")
  func sortKeys() {
    var model = Samples.model(.drops)
    #expect(model.sort == TopSort(key: "drops", isDescending: true))
    model.type("s")
    #expect(model.sort == TopSort(key: "dropped", isDescending: true))
    model.type("o")
    #expect(model.sort == TopSort(key: "dropped", isDescending: false))
    model.type("s")
    #expect(model.sort == nil)
    #expect(model.column("name") == ["isolated", "no-member"])
    model.type("s")
    #expect(model.sort == TopSort(key: "name", isDescending: false))
    model.type("SS")
    #expect(model.sort == TopSort(key: "dropped", isDescending: true))
    model.type("u")
    #expect(model.sort == TopSort(key: "drops", isDescending: true))
  }

  @Test("Keys: a filter, as it is typed")
  func filter() {
    var model = Samples.model(.members)
    #expect(model.rows.count == 6)
    model.type("/WEB")
    #expect(model.prompt == "WEB")
    #expect(model.column("name") == ["web/s1", "web/s2", "web/s3"])
    // Letters are text now.
    model.type("q")
    #expect(model.view == .members && model.rows.isEmpty)
    model.type("\u{7f}/s2\r")
    #expect(model.prompt == nil)
    #expect(model.column("name") == ["web/s2"])
    model.type("p")
    #expect(model.rows.isEmpty)
    model.type("m\u{1b}")
    #expect(model.rows.count == 6 && model.filter.isEmpty)
    model.type("/web\u{15}\u{7f}")
    #expect(model.prompt == nil && model.rows.count == 6)
    model.type("/drain\r")
    #expect(model.column("name") == ["web/s3", "db/s3"])
    model.type("/" + String(repeating: "x", count: 10_000))
    #expect(model.filter.unicodeScalars.count == TopModel.maximumFilter)
  }

  @Test("Keys: pause holds the picture, and shows the newest afterwards")
  func pause() {
    var model = Samples.model(.ports)
    model.type(" ")
    model.take(Samples.sample(3))
    var faster = Samples.sample(4)
    faster.ports[0].rx_packets += 500
    model.take(faster)
    #expect(model.isPaused && model.column("packets")[0] == "1.00k")
    model.type(" ")
    #expect(!model.isPaused && model.column("packets")[0] == "1.50k")
  }

  @Test("Keys: the interval")
  func interval() {
    var model = Samples.model()
    model.type("+")
    #expect(model.interval == .seconds(2))
    model.type("++++++++++")
    #expect(model.interval == .seconds(60))
    model.type("-------------------")
    #expect(model.interval == .milliseconds(100))
    var odd = TopModel(interval: .seconds(3))
    odd.type("-")
    #expect(odd.interval == .seconds(2))
  }

  @Test("Keys: scrolling stays within the rows")
  func scroll() {
    var model = Samples.model(.events)
    model.fit(page: 10)
    for (keys, offset) in [
      ("\u{1b}[A", 0), ("\u{1b}[B", 1), ("\u{1b}[6~", 11), ("\u{1b}[F", 20), ("\u{1b}[B", 20),
      ("\u{1b}[5~", 10), ("\u{1b}[H", 0), ("\u{1b}[6~\u{1b}[6~\u{1b}[6~", 20),
    ] {
      model.type(keys)
      #expect(model.offset == offset)
    }
    // Fewer rows, a taller terminal: no gap at the end.
    model.fit(page: 25)
    #expect(model.offset == 5)
    model.fit(page: 100)
    #expect(model.offset == 0)
    model.type(String(repeating: "\u{1b}[C", count: 50))
    #expect(model.skippedColumns == TopView.events.columns.count - 2)
    model.type(String(repeating: "\u{1b}[D", count: 50))
    #expect(model.skippedColumns == 0)
  }

  @Test("Keys: the end, drawing anew, help")
  func actions() {
    for key in [Key.character("q"), .character("Q"), .control("c"), .control("d")] {
      var model = Samples.model()
      #expect(model.handle(key) == .quit)
    }
    var model = Samples.model()
    #expect(model.handle(.control("l")) == .redraw)
    #expect(model.handle(.character("?")) == nil && model.isHelpShown)
    #expect(model.handle(.character("p")) == nil && !model.isHelpShown && model.view == .clusters)
    _ = model.handle(.character("?"))
    #expect(model.handle(.character("q")) == .quit)
  }

  @Test("A failure stays until a sample comes")
  func failure() {
    var model = Samples.model()
    model.fail("nobody listens", at: .seconds(9))
    #expect(model.failure == .init(reason: "nobody listens", now: .seconds(9)))
    #expect(!model.rows.isEmpty)
    model.take(Samples.sample(10))
    #expect(model.failure == nil)
  }
}
