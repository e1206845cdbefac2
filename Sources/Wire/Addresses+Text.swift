extension MACAddress: CustomStringConvertible, LosslessStringConvertible {
  /// `02:00:00:00:02:02`; also with `-` between the bytes. Nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
    guard parts.count == 6 else { return nil }
    var number: UInt64 = 0
    for part in parts {
      guard part.utf8.count == 2, part.first != "+", let byte = UInt8(part, radix: 16) else {
        return nil
      }
      number = number << 8 | UInt64(byte)
    }
    self.init(number: number)
  }

  public init?(_ description: String) { self.init(description[...]) }

  public var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: raw >> ($0 * 8)) } }

  public var description: String {
    let digits = Array("0123456789abcdef")
    return bytes.map { String([digits[Int($0 >> 4)], digits[Int($0 & 15)]]) }.joined(separator: ":")
  }
}

extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
  /// Dotted decimal (four parts, no leading zeros) or RFC 4291 §2.2 text without a zone. Nil for anything else.
  public init?(_ text: String) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      guard let words = IPAddress.parseIPv6(text) else { return nil }
      self.init(bytes: words.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
    } else {
      guard let v4 = IPAddress.parseIPv4(text) else { return nil }
      self.init(bytes: v4)
    }
  }

  /// Four bytes or sixteen, in wire order. Nil for other counts.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    func word(_ slice: ArraySlice<UInt8>) -> UInt64 {
      slice.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    if bytes.count == 4 {
      self.init(hi: 0, lo: word(bytes[...]), isIPv6: false)
    } else {
      self.init(hi: word(bytes[0..<8]), lo: word(bytes[8..<16]), isIPv6: true)
    }
  }

  /// Four bytes or sixteen, in wire order.
  public var bytes: [UInt8] {
    func unpack(_ w: UInt64, _ n: Int) -> [UInt8] {
      (0..<n).map { UInt8(truncatingIfNeeded: w >> ($0 * 8)) }
    }
    return isIPv6 ? unpack(hi, 8) + unpack(lo, 8) : unpack(lo, 4)
  }

  private static func parseIPv4(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), part == "0" || !part.hasPrefix("0"),
        let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func parseIPv6(_ text: String) -> [UInt16]? {
    // RFC 4291 §2.2: eight groups, one `::` for a run of zeros, the last 32 bits perhaps dotted.
    var head: [UInt16] = []
    var tail: [UInt16] = []
    let halves = text.components(around: "::")
    guard halves.count <= 2 else { return nil }
    func groups(_ part: Substring, into list: inout [UInt16], last: Bool) -> Bool {
      if part.isEmpty { return true }
      let fields = part.split(separator: ":", omittingEmptySubsequences: false)
      for (i, field) in fields.enumerated() {
        if last, i == fields.count - 1, field.contains(".") {
          guard let v4 = parseIPv4(String(field)) else { return false }
          list.append(UInt16(v4[0]) << 8 | UInt16(v4[1]))
          list.append(UInt16(v4[2]) << 8 | UInt16(v4[3]))
        } else {
          // `UInt16` would take a sign.
          guard (1...4).contains(field.utf8.count), field.first != "+", field.first != "-",
            let word = UInt16(field, radix: 16)
          else { return false }
          list.append(word)
        }
      }
      return true
    }
    guard groups(halves[0], into: &head, last: halves.count == 1) else { return nil }
    if halves.count == 1 { return head.count == 8 ? head : nil }
    guard groups(halves[1], into: &tail, last: true), head.count + tail.count <= 7 else { return nil }
    return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
  }

  /// RFC 5952: lower case, the longest run of two or more zero groups as `::`, the first of equals.
  public var description: String {
    let b = bytes
    if !isIPv6 { return b.map { String($0) }.joined(separator: ".") }
    let words = stride(from: 0, to: 16, by: 2).map { UInt16(b[$0]) << 8 | UInt16(b[$0 + 1]) }
    var best = 0..<0
    var i = 0
    while i < 8 {
      var j = i
      while j < 8, words[j] == 0 { j += 1 }
      if j - i > max(best.count, 1) { best = i..<j }
      i = max(j, i + 1)
    }
    func text(_ range: Range<Int>) -> String {
      range.map { String(words[$0], radix: 16) }.joined(separator: ":")
    }
    if best.isEmpty { return text(0..<8) }
    return text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }
}

extension IPPrefix: CustomStringConvertible, LosslessStringConvertible {
  /// `10.50.0.0/24`, `fd50::/64`, or a single address without a length.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    if parts.count == 1 {
      self.init(address)
      return
    }
    let digits = parts[1]
    guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let length = Int(digits),
      length <= address.bitWidth
    else { return nil }
    self.init(address, length: length)
  }

  public var description: String {
    isSingleAddress ? address.description : "\(address)/\(length)"
  }
}

extension VLANID: CustomStringConvertible {
  public var description: String { raw == 0 ? "untagged" : String(raw) }
}

extension String {
  /// The parts around a separator of more than one character, empty ones kept.
  fileprivate func components(around separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let at = rest.firstRange(of: separator) {
      parts.append(rest[..<at.lowerBound])
      rest = rest[at.upperBound...]
    }
    return parts + [rest]
  }
}

extension Substring {
  fileprivate func firstRange(of needle: String) -> Range<Index>? {
    var i = startIndex
    while i < endIndex {
      if self[i...].hasPrefix(needle) { return i..<index(i, offsetBy: needle.count) }
      i = index(after: i)
    }
    return nil
  }
}
