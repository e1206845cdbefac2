/// What probes accept as texts, as ConfigurationFile has it.
enum HostText {
  /// A host's name or address, perhaps with a port.
  static func isFit(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0.isNameByte || "-.:[]".utf8.contains($0) }
  }

  /// RFC 1035 §3.1.
  static func isDomain(_ text: String) -> Bool {
    if text == "." { return true }
    let name = text.hasSuffix(".") ? text.dropLast() : text[...]
    return name.utf8.count <= 253 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
        (1...63).contains($0.utf8.count)
      }
  }

  /// A command line as keepalived splits it: at blanks outside of single quotes.
  static func arguments(of text: String) -> [String] {
    var words: [String] = []
    var word: [UInt8]?
    var isQuoted = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "'") {
        isQuoted.toggle()
        word = word ?? []
      } else if byte.isBlank, !isQuoted {
        if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
        word = nil
      } else {
        word = (word ?? []) + [byte]
      }
    }
    if let word { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}

/// keepalived's HEX_STR.
enum HexText {
  /// The bytes as a text of 1 to 1024 ASCII characters; nil where they are none.
  static func text(_ line: KeepalivedStatement?) -> String? {
    guard let line, !line.arguments.isEmpty else { return nil }
    var bytes: [UInt8] = []
    for group in line.arguments.flatMap({ $0.text.split(separator: " ") }) {
      // Pairs of digits from the left; one that is left over is a byte.
      var digits = group.utf8.map { $0.hexValue }[...]
      while let first = digits.popFirst() {
        guard let first, bytes.count < 1024 else { return nil }
        guard let second = digits.popFirst() else {
          bytes.append(first)
          break
        }
        guard let second else { return nil }
        bytes.append(first << 4 | second)
      }
    }
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
