/// A column of a view.
public struct TopColumn: Hashable, Sendable {
  /// What `--sort` calls it.
  public var key: String
  var title: String
  /// To the right, and sorted from the largest.
  var isNumber: Bool
  /// Where there is no room for all, those with small numbers stay; 0 always does.
  var rank: Int
  /// Takes the room that is left, and is cut.
  var isFlexible: Bool

  static func text(_ key: String, _ title: String, _ rank: Int, isFlexible: Bool = false) -> TopColumn {
    TopColumn(key: key, title: title, isNumber: false, rank: rank, isFlexible: isFlexible)
  }

  static func number(_ key: String, _ title: String, _ rank: Int) -> TopColumn {
    TopColumn(key: key, title: title, isNumber: true, rank: rank, isFlexible: false)
  }

  /// Worst first is what one sorts states for, newest first times.
  public var isDescendingFirst: Bool { isNumber || key == "state" || key == "time" }
}
