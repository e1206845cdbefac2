import SwitchModel

/// A row of a view.
struct TopRow: Hashable, Sendable {
  /// Of what the row is about: the sign before it.
  var meaning: StateMeaning
  /// One a column.
  var values: [TopValue]

  /// Whether the filter, in small letters, is in one of the values.
  func contains(_ filter: String) -> Bool {
    filter.isEmpty || values.contains { $0.text.lowercased().contains(filter) }
  }
}
