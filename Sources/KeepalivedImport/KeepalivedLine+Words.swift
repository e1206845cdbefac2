extension KeepalivedLine {
  /// The words of the line (keepalived.conf(5), "Quoted strings"): separated by blanks outside of quotes; quotes are
  /// taken off and escapes within them resolved. Braces at the end of a word stand for themselves.
  func words() throws(KeepalivedFault) -> [KeepalivedWord] {
    var words: [KeepalivedWord] = []
    var index = 0
    while index < bytes.count {
      if bytes[index].isBlank {
        index += 1
        continue
      }
      let start = index
      var text: [UInt8] = []
      var isPlain = true
      while index < bytes.count, !bytes[index].isBlank {
        let byte = bytes[index]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          isPlain = false
          try readQuoted(&index, into: &text)
        } else {
          text.append(byte)
          index += 1
        }
      }
      words += braces(
        KeepalivedWord(text: String(decoding: text, as: UTF8.self), place: place(start), isPlain: isPlain),
        from: start)
    }
    return words
  }

  /// `HTTP_GET{` is a word and a brace, `}}` are two braces.
  private func braces(_ word: KeepalivedWord, from start: Int) -> [KeepalivedWord] {
    guard word.isPlain, word.text.utf8.count > 1 else { return [word] }
    func brace(_ text: String, _ offset: Int) -> KeepalivedWord {
      KeepalivedWord(text: text, place: place(start + offset))
    }
    if word.text.utf8.allSatisfy({ $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) {
      return word.text.enumerated().map { brace(String($0.element), $0.offset) }
    }
    guard word.text.hasSuffix("{") else { return [word] }
    return [
      KeepalivedWord(text: String(word.text.dropLast()), place: word.place),
      brace("{", word.text.utf8.count - 1),
    ]
  }

  private func readQuoted(_ index: inout Int, into text: inout [UInt8]) throws(KeepalivedFault) {
    let start = index
    let quote = bytes[index]
    index += 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == quote { return }
      if byte == UInt8(ascii: "\\"), index < bytes.count {
        readEscape(&index, into: &text)
      } else {
        text.append(byte)
      }
    }
    throw KeepalivedFault(
      "a quote that is not closed on its line", at: place(start), expected: "a closing quote")
  }

  /// The escapes of keepalived.conf(5); any other byte stands for itself.
  private func readEscape(_ index: inout Int, into text: inout [UInt8]) {
    let byte = bytes[index]
    index += 1
    let named: [UInt8: UInt8] = [
      UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "E"): 27, UInt8(ascii: "f"): 12,
      UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
    ]
    if let value = named[byte] {
      text.append(value)
    } else if byte == UInt8(ascii: "x"), index < bytes.count, var value = bytes[index].hexValue {
      index += 1
      if index < bytes.count, let digit = bytes[index].hexValue {
        value = value << 4 | digit
        index += 1
      }
      text.append(value)
    } else if (48...55).contains(byte) {
      var value = byte - 48
      var digits = 1
      while digits < 3, index < bytes.count, (48...55).contains(bytes[index]) {
        value = value << 3 | (bytes[index] - 48)
        index += 1
        digits += 1
      }
      text.append(value)
    } else if byte == UInt8(ascii: "c"), index < bytes.count {
      text.append(bytes[index] & 0x1f)
      index += 1
    } else {
      text.append(byte)
    }
  }
}
