/// The bytes of a file before they are parsed: what libyaml would stop at without saying where is found here, and
/// marks are put in that keep the composer from the two things that it does badly.
///
/// - Aliases. Yams puts the anchor's node in the place of each alias, and hashes whole keys: a few nested aliases in
///   a key keep it busy for ever. So `*` before a name becomes one private-use scalar. The composer then sees a plain
///   scalar, and `YAMLReader` resolves it with a bound on what it grows to.
/// - Duplicate keys. Yams stops at the first. The key is overwritten by a private-use scalar and filling of the same
///   length, and the file composed again; the reader puts the key back. Columns stay what they are.
struct YAMLText {
  static let aliasMark: Unicode.Scalar = "\u{F0000}"
  private static let firstKeyMark: UInt32 = 0xF0001
  static let maximumKeyMarks = 200

  private(set) var bytes: [UInt8]
  /// The keys that were overwritten: the mark is `firstKeyMark` + index.
  private var overwrittenKeys: [String] = []

  /// - Parameter bytes: UTF-8 without a byte order mark.
  init(markingAliasesIn bytes: [UInt8]) {
    self.bytes = []
    self.bytes.reserveCapacity(bytes.count + 64)
    let mark = Array(String(YAMLText.aliasMark).utf8)
    for (i, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "*"), i + 1 < bytes.count, YAMLText.isAnchorName(bytes[i + 1]) {
        self.bytes += mark
      } else {
        self.bytes.append(byte)
      }
    }
  }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Overwrites the key at `position`. False if the text there is not that key as it stands (escapes, anchors).
  mutating func overwrite(key: String, at position: SourcePosition) -> Bool {
    guard overwrittenKeys.count < YAMLText.maximumKeyMarks, !key.isEmpty,
      var start = offset(of: position)
    else { return false }
    if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
      start += 1
    }
    let old = Array(key.utf8)
    guard bytes[start...].starts(with: old),
      let mark = Unicode.Scalar(YAMLText.firstKeyMark + UInt32(overwrittenKeys.count))
    else { return false }
    let filling = String(repeating: "x", count: key.unicodeScalars.count - 1)
    bytes.replaceSubrange(start..<start + old.count, with: Array((String(mark) + filling).utf8))
    overwrittenKeys.append(key)
    return true
  }

  /// The key as the file has it.
  func restore(key: String) -> String {
    if let first = key.unicodeScalars.first, first.value >= YAMLText.firstKeyMark,
      case let index = Int(first.value - YAMLText.firstKeyMark), index < overwrittenKeys.count
    {
      return YAMLText.restore(overwrittenKeys[index])
    }
    return YAMLText.restore(key)
  }

  /// Takes the marks of what was no alias (text in quotes, a star in a word) out again.
  static func restore(_ text: String) -> String {
    guard text.unicodeScalars.contains(aliasMark) else { return text }
    return text.replacing(String(aliasMark), with: "*")
  }

  /// What stands behind the mark, if the plain scalar is an alias.
  static func alias(in plain: String) -> String? {
    guard plain.unicodeScalars.first == aliasMark else { return nil }
    return restore(String(String.UnicodeScalarView(plain.unicodeScalars.dropFirst())))
  }

  private static func isAnchorName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      return true
    default: return false
    }
  }

  private func offset(of position: SourcePosition) -> Int? {
    var cursor = TextCursor(bytes)
    while !cursor.isAtEnd {
      if cursor.position == position { return cursor.offset }
      cursor.advance()
    }
    return nil
  }
}
