extension Duration {
  /// `200ms`, `1s`, `1.5s`, `1m`, `1h`: a number with a unit, not negative, no finer than a nanosecond. Nil for
  /// anything else.
  public init?(text: some StringProtocol) {
    let units: [(suffix: String, nanoseconds: Int64)] = [
      ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
    // "ms" stands first: it ends in "s" as well.
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    let number = text.dropLast(unit.suffix.count)
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Duration.digits($0) }) else { return nil }
    var nanoseconds = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !nanoseconds.overflow else { return nil }
    if parts.count == 2 {
      guard let fraction = Duration.digits(parts[1]) else { return nil }
      var scale: Int64 = 1
      for _ in 0..<parts[1].utf8.count { scale *= 10 }
      // fraction < scale, so the quotient is below the unit and fits.
      let part = scale.dividingFullWidth(fraction.multipliedFullWidth(by: unit.nanoseconds)).quotient
      nanoseconds = nanoseconds.partialValue.addingReportingOverflow(part)
      guard !nanoseconds.overflow else { return nil }
    }
    self = .nanoseconds(nanoseconds.partialValue)
  }

  private static func digits(_ text: some StringProtocol) -> Int64? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }

  /// The text that `init(text:)` reads, in the largest unit that needs no fraction; fractions of a millisecond are
  /// left out.
  public var text: String {
    let (seconds, attoseconds) = components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    if milliseconds != 0 { return "\(seconds * 1000 + milliseconds)ms" }
    if seconds != 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
    if seconds != 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
    return "\(seconds)s"
  }
}
