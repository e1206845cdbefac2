/// `90s`, `20m`, `2h`.
enum SoakDuration {
  private static let bounds = 10...(72 * 3600)

  /// Nil: it is none, or out of bounds.
  static func parse(_ text: String) -> Duration? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
      (1...bounds.upperBound).contains(count), bounds.contains(count * unit)
    else { return nil }
    return .seconds(count * unit)
  }
}
