/// Something a second, from two samples of a counter.
struct Rate: Hashable, Sendable {
  var perSecond: Double

  init(perSecond: Double) { self.perSecond = perSecond }

  /// Nil where it cannot be known: no earlier sample, no time in between, or a counter that went back because the
  /// switch began anew.
  init?(_ now: UInt64, since before: UInt64?, _ elapsed: Duration) {
    guard let before, now >= before, elapsed > .zero else { return nil }
    let (seconds, attoseconds) = elapsed.components
    perSecond = Double(now - before) / (Double(seconds) + Double(attoseconds) / 1e18)
  }

  /// Three digits and a decimal prefix: `0`, `0.4`, `12`, `999`, `1.21k`, `40.0G`.
  var text: String {
    guard perSecond.isFinite, perSecond > 0 else { return "0" }
    let prefixes = ["", "k", "M", "G", "T", "P", "E", "Z"]
    var value = perSecond
    var prefix = 0
    while value >= 999.5, prefix + 1 < prefixes.count {
      value /= 1000
      prefix += 1
    }
    guard value < 999.5 else { return ">999Z" }
    if value < 0.05 { return "<0.1" }
    // A whole number of packets is told as such.
    if prefix == 0, value == value.rounded() { return "\(Int(value))" }
    let decimals = prefix == 0 ? (value < 9.95 ? 1 : 0) : value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    let scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
    let scaled = Int((value * Double(scale)).rounded())
    guard decimals > 0 else { return "\(scaled)\(prefixes[prefix])" }
    let fraction = "\(scaled % scale)"
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(scaled / scale).\(zeros)\(fraction)\(prefixes[prefix])"
  }

  static func + (left: Rate, right: Rate) -> Rate { Rate(perSecond: left.perSecond + right.perSecond) }

  /// The sum of those that are known; nil if none is.
  static func sum(_ rates: some Sequence<Rate?>) -> Rate? {
    rates.reduce(nil) { sum, rate in
      guard let rate else { return sum }
      return sum.map { $0 + rate } ?? rate
    }
  }
}
