/// How counters are written.
public enum NumberStyle: Sendable {
  /// All digits: what scripts cut out and what can be compared.
  case exact
  /// Three or four digits and a decimal prefix, as `ip -h` does: `1.21M`.
  case human

  public func text(_ value: UInt64) -> String {
    guard self == .human, value >= 1000 else { return String(value) }
    let prefixes = ["k", "M", "G", "T", "P", "E"]
    var unit: UInt64 = 1000
    var prefix = 0
    while prefix + 1 < prefixes.count, value / unit >= 1000 {
      unit *= 1000
      prefix += 1
    }
    // Cut, not rounded: a counter never shows more than was counted.
    let whole = value / unit
    let hundredths = (value % unit) / (unit / 100)
    let fraction = hundredths < 10 ? "0\(hundredths)" : "\(hundredths)"
    return "\(whole).\(fraction)\(prefixes[prefix])"
  }
}
