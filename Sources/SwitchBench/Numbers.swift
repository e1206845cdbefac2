import Foundation

/// Numbers for people.
enum Numbers {
  /// 1,000,000
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Three digits and a prefix: 3.66 M
  static func scaled(_ number: Double) -> String {
    for (limit, prefix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where number.magnitude >= limit {
      return short(number / limit) + " \(prefix)"
    }
    return short(number) + " "
  }

  /// Nanoseconds with a unit.
  static func time(_ nanoseconds: Double) -> String {
    for (limit, unit) in [(1e9, "s"), (1e6, "ms"), (1e3, "µs")] where nanoseconds >= limit {
      return short(nanoseconds / limit) + " \(unit)"
    }
    return short(nanoseconds) + " ns"
  }

  static func value(_ number: Double, _ unit: String) -> String {
    switch unit {
    case "ns": time(number)
    case "of a million": short(number)
    default: scaled(number) + unit
    }
  }

  /// In its own unit.
  static func plain(_ number: Double, _ unit: String) -> String {
    let text = number == number.rounded() && number.magnitude < 1e9 ? grouped(Int(number)) : short(number)
    return unit.isEmpty ? text : "\(text) \(unit)"
  }

  /// A ratio: two digits behind the point, fewer for large ones.
  static func ratio(_ number: Double) -> String {
    String(format: number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number)
  }

  private static func short(_ number: Double) -> String {
    String(format: number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number)
  }
}
