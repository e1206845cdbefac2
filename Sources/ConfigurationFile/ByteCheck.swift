/// Finds in the bytes what no YAML file may hold, with its place: libyaml names only an offset.
struct ByteCheck {
  let report: Report

  /// - Returns: the bytes without a byte order mark, or nil if they cannot be parsed. Reports up to ten places.
  func check(_ bytes: [UInt8]) -> [UInt8]? {
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    if isClean(text) { return text }
    var found = 0
    var cursor = TextCursor(text)
    while !cursor.isAtEnd, found < 10 {
      if let scalar = cursor.scalar {
        if !ByteCheck.isAllowed(scalar) {
          found += 1
          let number = String(scalar.value, radix: 16, uppercase: true)
          report.error("control character U+\(number)", at: cursor.position, expected: "text")
        }
      } else {
        found += 1
        let number = String(text[cursor.offset], radix: 16)
        report.error("byte 0x\(number) is not UTF-8", at: cursor.position, expected: "a file in UTF-8")
        // What follows in another encoding is wrong as well: once says it.
        break
      }
      cursor.advance()
    }
    return found == 0 ? text : nil
  }

  private func isClean(_ bytes: [UInt8]) -> Bool {
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }) { return true }
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy(ByteCheck.isAllowed)
  }

  /// YAML 1.1 §5.1.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0a, 0x0d, 0x20...0x7e, 0x85, 0xa0...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }
}
