import SwitchModel

/// The parameters of a request, decoded and checked against the names that the path knows.
struct Query {
  private var values: [String: String] = [:]

  /// - Throws: `invalid` for unknown and repeated parameters and for bad percent-encoding.
  init(_ text: String?, knowing names: [String]) throws(APIError) {
    guard let text, !text.isEmpty else { return }
    for part in text.split(separator: "&", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Query.decode(pair[0]), names.contains(name) else {
        let known = names.isEmpty ? "none is known here" : "known here: \(names.joined(separator: ", "))"
        throw APIError(.invalid, "unknown parameter '\(pair[0])'; \(known)")
      }
      guard pair.count == 2, let value = Query.decode(pair[1]), !value.isEmpty else {
        throw APIError(.invalid, "parameter '\(name)' has no value")
      }
      guard values.updateValue(value, forKey: name) == nil else {
        throw APIError(.invalid, "parameter '\(name)' is given twice")
      }
    }
  }

  subscript(name: String) -> String? { values[name] }

  /// A duration like `2s`, within the range.
  func duration(_ name: String, in range: ClosedRange<Duration>) throws(APIError) -> Duration? {
    guard let text = values[name] else { return nil }
    guard let duration = Duration(text: text), range.contains(duration) else {
      throw APIError(
        .invalid,
        "parameter '\(name)': '\(text)' is no duration from \(range.lowerBound.text) to \(range.upperBound.text)"
      )
    }
    return duration
  }

  /// The number of an event.
  func number(_ name: String) throws(APIError) -> UInt64? {
    guard let text = values[name] else { return nil }
    guard let number = UInt64(text) else {
      throw APIError(.invalid, "parameter '\(name)': '\(text)' is no number of an event")
    }
    return number
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let text = values[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw APIError(
        .invalid,
        "parameter '\(name)': '\(text)' is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// RFC 3986 §2.1; `+` stands for itself. Nil for what is no UTF-8 or not well-formed.
  static func decode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    func digit(_ byte: UInt8?) -> UInt8? {
      switch byte {
      case .some(let b) where (48...57).contains(b): b - 48
      case .some(let b) where (65...70).contains(b): b - 55
      case .some(let b) where (97...102).contains(b): b - 87
      default: nil
      }
    }
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = digit(rest.next()), let low = digit(rest.next()) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Encodes everything but RFC 3986's unreserved characters.
  static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".unicodeScalars)
    var result = String.UnicodeScalarView()
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 0x2d, 0x2e, 0x5f, 0x7e: result.append(Unicode.Scalar(byte))
      default:
        result.append("%")
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return String(result)
  }
}
