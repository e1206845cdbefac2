import SwitchModel

/// What `top` knows and what its operator has chosen. Pure: keys and samples come in, a screen goes out.
public struct TopModel: Sendable {
  /// Why there is no answer, and since when.
  public struct Failure: Hashable, Sendable {
    public var reason: String
    /// On the samples' clock.
    public var now: Duration
  }

  /// What a key asks of whoever runs this.
  public enum Action: Hashable, Sendable {
    case quit
    /// Draw everything anew: somebody else has written to the terminal.
    case redraw
  }

  /// From which the keys choose.
  public static let intervals: [Duration] = [
    .milliseconds(100), .milliseconds(200), .milliseconds(500), .seconds(1), .seconds(2), .seconds(5),
    .seconds(10), .seconds(30), .seconds(60),
  ]
  /// Characters of a filter.
  static let maximumFilter = 64

  public private(set) var view: TopView
  public private(set) var interval: Duration
  public private(set) var isPaused = false
  /// What rows must contain.
  public private(set) var filter: String
  /// The filter as it is typed; nil while none is.
  public private(set) var prompt: String?
  public private(set) var isHelpShown = false
  public private(set) var failure: Failure?
  private(set) var sorts: [TopView: TopSort] = [:]
  /// The first row shown.
  private(set) var offset = 0
  /// Columns after the first that are passed over.
  private(set) var skippedColumns = 0
  private(set) var rates: TopRates?
  /// Of the view, filtered and sorted; as of the last `settle`.
  private(set) var rows: [TopRow] = []
  private var areRowsStale = false
  private var now: TopSample?
  private var before: TopSample?
  /// Rows of the table that fit, by the layout.
  private var page = 1

  /// - Parameters:
  ///   - sort: of every view that has such a column.
  public init(
    view: TopView = .clusters, sort: TopSort? = nil, filter: String = "", interval: Duration = .seconds(1)
  ) {
    self.view = view
    self.filter = String(filter.prefix(TopModel.maximumFilter))
    self.interval = interval
    for view in TopView.allCases {
      let isThere = view.columns.contains { $0.key == sort?.key }
      sorts[view] = isThere ? sort : view.initialSort
    }
  }

  public var sort: TopSort? { sorts[view] }
  public var hasSample: Bool { now != nil }
  /// The newest event that came.
  public var lastEvent: UInt64? { now?.events.last?.number }

  /// A sample has come. While paused it waits.
  public mutating func take(_ sample: TopSample) {
    failure = nil
    // A switch that was down meanwhile may count anew, from anywhere.
    let isSame = now?.version.started_at == sample.version.started_at
    before = isSame ? now : nil
    now = sample
    if !isPaused || rates == nil { show() }
  }

  /// No sample has come.
  public mutating func fail(_ reason: String, at time: Duration) {
    failure = Failure(reason: reason, now: time)
  }

  /// - Parameter page: rows that there is room for.
  mutating func fit(page: Int) {
    settle()
    self.page = max(page, 1)
    clamp()
  }

  /// Makes the rows what the keys asked for. Not done with each key: a paste is many.
  mutating func settle() {
    guard areRowsStale else { return }
    areRowsStale = false
    rows = rows(of: view)
    clamp()
  }

  public mutating func handle(_ key: Key) -> Action? {
    if key == .control("l") { return .redraw }
    if prompt != nil {
      edit(key)
      return nil
    }
    if isHelpShown { return help(key) }
    switch key {
    case .character("q"), .character("Q"), .control("c"), .control("d"): return .quit
    case .character("?"), .character("h"), .character("H"):
      isHelpShown = true
      offset = 0
    case .character("/"): prompt = filter
    case .escape: setFilter("")
    case .character(" "): pause()
    case .character("+"), .character("="): interval = TopModel.intervals.first { $0 > interval } ?? interval
    case .character("-"), .character("_"): interval = TopModel.intervals.last { $0 < interval } ?? interval
    case .character("s"), .character(">"): moveSort(1)
    case .character("S"), .character("<"): moveSort(-1)
    case .character("o"), .character("O"): turnSort()
    case .character("u"), .character("U"):
      sorts[view] = view.initialSort
      areRowsStale = true
    case .tab: choose(view.next)
    case .backTab: choose(view.previous)
    case .character(let scalar):
      let letter = scalar.properties.lowercaseMapping
      if let view = TopView.allCases.first(where: { String($0.key) == letter }) { choose(view) }
    default: scroll(key)
    }
    return nil
  }

  private mutating func help(_ key: Key) -> Action? {
    switch key {
    case .character("q"), .control("c"): return .quit
    case .up, .down, .pageUp, .pageDown, .home, .end: scroll(key)
    default:
      isHelpShown = false
      offset = 0
    }
    return nil
  }

  private mutating func edit(_ key: Key) {
    guard let text = prompt else { return }
    switch key {
    case .enter:
      prompt = nil
      return
    case .escape, .control("c"):
      prompt = nil
      setFilter("")
      return
    case .backspace, .delete:
      // Once more on an empty one leaves it, as pagers do.
      prompt = text.isEmpty ? nil : String(text.unicodeScalars.dropLast())
    case .control("u"): prompt = ""
    case .character(let scalar):
      guard text.unicodeScalars.count < TopModel.maximumFilter else { return }
      prompt = text + String(Character(scalar))
    default: scroll(key)
    }
    setFilter(prompt ?? "")
  }

  private mutating func setFilter(_ text: String) {
    guard text != filter else { return }
    filter = text
    offset = 0
    areRowsStale = true
  }

  private mutating func pause() {
    isPaused.toggle()
    if !isPaused { show() }
  }

  private mutating func choose(_ view: TopView) {
    guard view != self.view else { return }
    self.view = view
    offset = 0
    skippedColumns = 0
    areRowsStale = true
  }

  /// Through the columns, and "as listed" between the last and the first.
  private mutating func moveSort(_ step: Int) {
    let columns = view.columns
    let place =
      sort.flatMap { sort in columns.firstIndex { $0.key == sort.key } } ?? (step > 0 ? -1 : columns.count)
    let next = place + step
    sorts[view] =
      columns.indices.contains(next)
      ? TopSort(key: columns[next].key, isDescending: columns[next].isDescendingFirst) : nil
    offset = 0
    areRowsStale = true
  }

  private mutating func turnSort() {
    sorts[view]?.isDescending.toggle()
    areRowsStale = true
  }

  private mutating func scroll(_ key: Key) {
    settle()
    switch key {
    case .up: offset -= 1
    case .down: offset += 1
    case .pageUp: offset -= page
    case .pageDown: offset += page
    case .home: offset = 0
    case .end: offset = .max / 2
    case .left: skippedColumns = max(0, skippedColumns - 1)
    case .right: skippedColumns = min(view.columns.count - 2, skippedColumns + 1)
    default: return
    }
    clamp()
  }

  private mutating func clamp() {
    let count = isHelpShown ? TopHelp.lines.count : rows.count
    offset = max(0, min(offset, count - page))
  }

  /// The newest samples become those that are shown.
  private mutating func show() {
    rates = now.map { TopRates(now: $0, before: before) }
    areRowsStale = true
    settle()
  }

  /// Filtered and sorted.
  func rows(of view: TopView) -> [TopRow] {
    guard let rates else { return [] }
    let wanted = filter.lowercased()
    let found = view.rows(rates).filter { $0.contains(wanted) }
    return sorts[view]?.sorted(found, view.columns) ?? found
  }
}
