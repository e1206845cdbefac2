/// A line without its comment, and where each of its bytes came from.
struct KeepalivedLine: Hashable, Sendable {
  var bytes: [UInt8]
  /// As many as bytes; what a definition put in stands where the definition is used.
  var columns: [Int]
  var file: String
  var line: Int

  /// Takes the comment off: `#` or `!` outside of quotes, to the end of the line.
  init(_ text: some Collection<UInt8>, file: String, line: Int) {
    bytes = []
    columns = []
    self.file = file
    self.line = line
    var quote: UInt8?
    var isEscaped = false
    for (column, byte) in text.enumerated() {
      if isEscaped {
        isEscaped = false
      } else if let open = quote {
        if byte == UInt8(ascii: "\\") { isEscaped = true } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "!") {
        break
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      bytes.append(byte)
      columns.append(column + 1)
    }
    while let last = bytes.last, last.isBlank {
      bytes.removeLast()
      columns.removeLast()
    }
    let blanks = bytes.prefix { $0.isBlank }.count
    bytes.removeFirst(blanks)
    columns.removeFirst(blanks)
  }

  init(bytes: [UInt8], columns: [Int], file: String, line: Int) {
    self.bytes = bytes
    self.columns = columns
    self.file = file
    self.line = line
  }

  func place(_ index: Int) -> KeepalivedPlace {
    KeepalivedPlace(
      file: file, line: line,
      column: index < columns.count ? columns[index] : (columns.last ?? 0) + 1)
  }

  /// The rest from an index on, blanks before it left out.
  func rest(from index: Int) -> KeepalivedLine {
    var index = min(index, bytes.count)
    while index < bytes.count, bytes[index].isBlank { index += 1 }
    return KeepalivedLine(
      bytes: Array(bytes[index...]), columns: Array(columns[index...]), file: file, line: line)
  }
}

extension UInt8 {
  var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0d }

  /// Of the name of a definition.
  var isNameByte: Bool {
    (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
      || self == UInt8(ascii: "_")
  }

  var hexValue: UInt8? {
    switch self {
    case 48...57: self - 48
    case 65...70: self - 55
    case 97...102: self - 87
    default: nil
    }
  }
}
