/// Which columns of a view a width has room for, and how wide they are.
struct ColumnFit: Hashable, Sendable {
  struct Place: Hashable, Sendable {
    /// In the view's columns.
    var column: Int
    var width: Int
  }

  static let gap = 2
  /// Rates come and go: their columns keep a width.
  static let numberWidth = 6
  /// A column that takes what is left needs that much to be of use.
  static let flexibleWidth = 10
  /// Rows that are looked at for widths; of more, those around the ones shown.
  static let sample = 2000

  let columns: [TopColumn]
  /// From left to right.
  var places: [Place] = []

  /// - Parameters:
  ///   - rows: whose texts count.
  ///   - width: columns of the terminal that there are; nil: as many as it takes, nothing is cut.
  ///   - skipped: columns after the first that are passed over.
  init(
    _ view: TopView, _ rows: some Sequence<TopRow>, sort: TopSort?, width: Int?, skipped: Int = 0,
    _ characters: CharacterSet
  ) {
    columns = view.columns
    var natural = columns.map { column in
      let title = column.title.utf8.count + (column.key == sort?.key ? 1 : 0)
      return column.isNumber ? max(title, ColumnFit.numberWidth) : title
    }
    for row in rows {
      for (column, value) in row.values.enumerated() {
        natural[column] = max(natural[column], Glyph.width(of: value.text, characters))
      }
    }
    guard let width else {
      places = natural.enumerated().map { Place(column: $0, width: $1) }
      return
    }
    let first = columns.firstIndex { $0.rank == 0 } ?? 0
    let others = columns.indices.filter { $0 != first }
    let passed = Set(others.prefix(skipped))
    // In the order in which they get room: by rank, but by place where the operator moves through them.
    let wanted = others.filter { !passed.contains($0) }
      .sorted {
        skipped > 0 ? $0 < $1 : ColumnFit.rank(columns[$0], sort) < ColumnFit.rank(columns[$1], sort)
      }
    let name = natural[first] <= max(12, width / 2) ? natural[first] : max(12, width / 2)
    places = [Place(column: first, width: min(name, width))]
    var left = width - places[0].width
    for column in wanted {
      // One that can be cut takes what it can get, before those behind it.
      let least = min(natural[column], ColumnFit.flexibleWidth)
      let needed =
        columns[column].isFlexible ? max(least, min(natural[column], left - ColumnFit.gap)) : natural[column]
      guard needed + ColumnFit.gap <= left else {
        if skipped > 0 { break }
        continue
      }
      places.append(Place(column: column, width: needed))
      left -= needed + ColumnFit.gap
    }
    // What is left goes to what was cut.
    for place in places.indices where left > 0 {
      let more = min(left, natural[places[place].column] - places[place].width)
      places[place].width += max(0, more)
      left -= max(0, more)
    }
    places.sort { $0.column < $1.column }
  }
  /// What rows are sorted by is wanted before all else.
  private static func rank(_ column: TopColumn, _ sort: TopSort?) -> Int {
    column.key == sort?.key ? 0 : column.rank
  }
}
