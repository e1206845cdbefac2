extension MetricsSnapshot {
  /// Seconds since 1970 of a time as rows have it (RFC 3339, UTC, with or without a fraction); nil for anything else.
  static func time(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].allSatisfy { (48...57).contains($0) }
        ? bytes[range].reduce(0) { $0 * 10 + Int($1 - 48) } : nil
    }
    guard bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[10] == 0x54, bytes[13] == 0x3a,
      bytes[16] == 0x3a,
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month)
    else { return nil }
    let fraction = bytes[19..<bytes.count - 1]
    if !fraction.isEmpty {
      guard fraction.first == 0x2e, fraction.count > 1,
        fraction.dropFirst().allSatisfy({ (48...57).contains($0) })
      else { return nil }
    }
    // Days from the civil calendar, with years that begin in March.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days =
      era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return "\(days * 86400 + hour * 3600 + minute * 60 + second)"
      + String(decoding: fraction, as: UTF8.self)
  }
}
