/// By which column rows are sorted.
public struct TopSort: Hashable, Sendable {
  /// Of `TopColumn`.
  public var key: String
  public var isDescending: Bool

  public init(key: String, isDescending: Bool) {
    self.key = key
    self.isDescending = isDescending
  }

  /// Rows that are equal stay as they were.
  func sorted(_ rows: [TopRow], _ columns: [TopColumn]) -> [TopRow] {
    guard let column = columns.firstIndex(where: { $0.key == key }) else { return rows }
    let numbered = rows.enumerated().map { (place: $0, order: $1.values[column].order, row: $1) }
    return numbered.sorted { left, right in
      switch (left.order, right.order) {
      case (.none, .none): return left.place < right.place
      case (.none, _): return false
      case (_, .none): return true
      case (.number(let a), .number(let b)) where a != b: return isDescending ? a > b : a < b
      case (.text(let a), .text(let b)):
        if TopValue.Order.precedes(a, b) { return !isDescending }
        if TopValue.Order.precedes(b, a) { return isDescending }
        return left.place < right.place
      default: return left.place < right.place
      }
    }.map(\.row)
  }
}
