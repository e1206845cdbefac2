/// Walks UTF-8 scalar by scalar and counts lines and columns as libyaml does.
struct TextCursor {
  private let bytes: [UInt8]
  private(set) var offset = 0
  private(set) var position = SourcePosition.start

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset >= bytes.count }

  /// The scalar at the cursor; nil at the end and where the bytes are not UTF-8.
  var scalar: Unicode.Scalar? {
    guard offset < bytes.count else { return nil }
    var decoder = UTF8()
    var rest = bytes[offset...].prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return nil }
    return scalar
  }

  /// One scalar on, or one byte where there is none.
  mutating func advance() {
    guard let scalar else {
      offset += 1
      position.column += 1
      return
    }
    offset += UTF8.width(scalar)
    switch scalar {
    case "\r" where offset < bytes.count && bytes[offset] == UInt8(ascii: "\n"):
      break  // the line ends with the line feed
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
      position.line += 1
      position.column = 1
    default: position.column += 1
    }
  }
}
