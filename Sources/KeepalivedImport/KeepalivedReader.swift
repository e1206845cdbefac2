/// keepalived.conf(5) to statements: bytes → lines without comments → conditions, definitions and includes resolved →
/// words → blocks. What is read is bounded at each step, so that no file takes memory or time without end: a definition
/// may use others, and grows by being used.
struct KeepalivedReader {
  /// The value of a definition: one line, or several that are read where it is used.
  private enum Definition {
    case text([UInt8])
    case lines([KeepalivedLine])
  }

  /// keepalived's `--config-id`; nil: lines with a condition on it are left out.
  private let configurationID: String?
  private let includes: any KeepalivedIncludes
  private var definitions: [[UInt8]: Definition] = [:]
  private let limits: KeepalivedLimits
  private var parser: KeepalivedParser
  private var resolved = 0
  private var files = 0
  /// Lines with a condition, in order.
  private(set) var conditions: [(place: KeepalivedPlace, text: String, isTaken: Bool)] = []

  init(
    configurationID: String?, includes: any KeepalivedIncludes, limits: KeepalivedLimits = KeepalivedLimits()
  ) {
    self.limits = limits
    parser = KeepalivedParser(limits: limits)
    self.configurationID = configurationID
    self.includes = includes
  }

  mutating func read(_ bytes: [UInt8], file: String) throws(KeepalivedFault) -> [KeepalivedStatement] {
    try readFile(bytes, file: file, nesting: 0)
    return try parser.finish()
  }

  private mutating func readFile(_ bytes: [UInt8], file: String, nesting: Int) throws(KeepalivedFault) {
    files += 1
    guard files <= limits.files else {
      throw KeepalivedFault(
        "more than \(limits.files) files", at: KeepalivedPlace(file: file, line: 0, column: 0),
        expected: "fewer included files")
    }
    try checkBytes(bytes, file: file)
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
    var lines = text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated().makeIterator()
    while let (index, raw) = lines.next() {
      var line = KeepalivedLine(raw, file: file, line: index + 1)
      guard try isWanted(&line) else { continue }
      // A definition of several lines: `$NAME= \`, and every line but the last ends with a backslash.
      if let (name, value) = line.definition, value.bytes == [UInt8(ascii: "\\")] {
        var body: [KeepalivedLine] = []
        while let (index, raw) = lines.next() {
          var next = KeepalivedLine(raw, file: file, line: index + 1)
          let goesOn = next.bytes.last == UInt8(ascii: "\\")
          if goesOn {
            next.bytes.removeLast()
            next.columns.removeLast()
            while next.bytes.last?.isBlank == true {
              next.bytes.removeLast()
              next.columns.removeLast()
            }
          }
          body.append(next)
          if !goesOn { break }
        }
        try define(name, .lines(body), at: line.place(0))
        continue
      }
      try take(line, nesting: nesting)
    }
  }

  /// What no text file holds: bytes that are not UTF-8, and control characters.
  private func checkBytes(_ bytes: [UInt8], file: String) throws(KeepalivedFault) {
    guard bytes.count <= limits.size else {
      throw KeepalivedFault(
        "more than \(limits.size >> 20) MiB", at: KeepalivedPlace(file: file, line: 0, column: 0),
        expected: "a keepalived.conf of at most \(limits.size >> 20) MiB")
    }
    var line = 1
    var start = 0
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0a {
        line += 1
        start = index + 1
      } else if byte < 0x20 && byte != 0x09 && byte != 0x0d && byte != 0x0c || byte == 0x7f {
        throw KeepalivedFault(
          "byte 0x\(String(byte, radix: 16)) is not text",
          at: KeepalivedPlace(file: file, line: line, column: index - start + 1), expected: "a text file")
      }
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      var line = 1
      for part in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
        if String(validating: part, as: UTF8.self) == nil { break }
        line += 1
      }
      throw KeepalivedFault(
        "not UTF-8", at: KeepalivedPlace(file: file, line: line, column: 1), expected: "a text file in UTF-8")
    }
  }

  /// Resolves a condition `@id` or `@^id` before a line; false if the line is not for this configuration.
  private mutating func isWanted(_ line: inout KeepalivedLine) throws(KeepalivedFault) -> Bool {
    guard line.bytes.first == UInt8(ascii: "@") else { return true }
    let end = line.bytes.firstIndex { $0.isBlank } ?? line.bytes.count
    var name = line.bytes[1..<end]
    let isNegative = name.first == UInt8(ascii: "^")
    if isNegative { name = name.dropFirst() }
    guard !name.isEmpty else {
      throw KeepalivedFault("a condition without a name", at: line.place(0), expected: "@NAME or @^NAME")
    }
    let isTaken = (configurationID.map { Array($0.utf8) == Array(name) } ?? false) != isNegative
    if conditions.count < 1000 {
      conditions.append((line.place(0), String(decoding: line.bytes[..<end], as: UTF8.self), isTaken))
    }
    line = line.rest(from: end)
    return isTaken
  }

  private mutating func take(_ original: KeepalivedLine, nesting: Int) throws(KeepalivedFault) {
    var line = original
    // Empty lines count as well: a definition may be many of them, used many times.
    resolved += line.bytes.count + 16
    try checkResolved(at: line.place(0))
    guard !line.bytes.isEmpty, try isWanted(&line), !line.bytes.isEmpty else { return }
    guard nesting <= limits.nesting else {
      throw KeepalivedFault(
        "definitions or files within one another without end", at: line.place(0),
        expected: "at most \(limits.nesting) levels")
    }
    if let (name, value) = line.definition {
      try define(name, .text(value.bytes), at: line.place(0))
      return
    }
    if let name = line.reference, case .lines(let body)? = definitions[name] {
      for part in body {
        // Faults in it point at the use.
        let place = Array(repeating: line.place(0).column, count: part.bytes.count)
        let text = KeepalivedLine(bytes: part.bytes, columns: place, file: line.file, line: line.line)
        try take(text.rest(from: 0), nesting: nesting + 1)
      }
      return
    }
    let expanded = try expand(line, nesting: 0)
    guard !expanded.bytes.isEmpty else { return }
    if expanded.bytes.starts(with: "~SEQ".utf8) || expanded.bytes.starts(with: "~LST".utf8) {
      throw KeepalivedFault(
        "lines that repeat themselves (~SEQ, ~LST) are not read", at: line.place(0),
        expected: "each line written out")
    }
    let words = try expanded.words()
    if let first = words.first, first.isPlain, KeepalivedReader.includeKeywords.contains(first.text) {
      try include(words, nesting: nesting)
    } else {
      try parser.add(words)
    }
  }

  private mutating func define(_ name: [UInt8], _ value: Definition, at place: KeepalivedPlace)
    throws(KeepalivedFault)
  {
    definitions[name] = value
    guard definitions.count <= limits.definitions else {
      throw KeepalivedFault(
        "more than \(limits.definitions) definitions", at: place, expected: "fewer definitions")
    }
  }

  /// Puts values in the place of `$NAME` and `${NAME}`; names without a definition stay as they are.
  private mutating func expand(_ line: KeepalivedLine, nesting: Int) throws(KeepalivedFault) -> KeepalivedLine
  {
    guard line.bytes.contains(UInt8(ascii: "$")) else { return line }
    guard nesting <= limits.nesting else {
      throw KeepalivedFault(
        "definitions within one another without end", at: line.place(0),
        expected: "at most \(limits.nesting) levels")
    }
    var result = KeepalivedLine(bytes: [], columns: [], file: line.file, line: line.line)
    var changed = false
    var index = 0
    while index < line.bytes.count {
      guard let (name, end) = line.reference(at: index), let value = definitions[name] else {
        result.bytes.append(line.bytes[index])
        result.columns.append(line.columns[index])
        index += 1
        continue
      }
      guard case .text(let text) = value else {
        throw KeepalivedFault(
          "a definition of several lines within a line", at: line.place(index),
          expected: "it alone on its line")
      }
      result.bytes += text
      result.columns += Array(repeating: line.columns[index], count: text.count)
      changed = true
      index = end
      guard result.bytes.count <= limits.line else {
        throw KeepalivedFault(
          "definitions make this line longer than \(limits.line >> 10) KiB", at: line.place(0),
          expected: "a shorter line")
      }
      resolved += text.count
      try checkResolved(at: line.place(0))
    }
    return changed ? try expand(result, nesting: nesting + 1) : result
  }

  private func checkResolved(at place: KeepalivedPlace) throws(KeepalivedFault) {
    guard resolved <= limits.resolved else {
      throw KeepalivedFault(
        "definitions and included files grow to more than \(limits.resolved >> 20) MiB",
        at: place, expected: "a smaller configuration")
    }
  }
}

extension KeepalivedReader {
  static let includeKeywords: Set<String> = [
    "include", "includer", "includem", "includew", "includeb", "includea",
  ]

  private mutating func include(_ words: [KeepalivedWord], nesting: Int) throws(KeepalivedFault) {
    guard words.count == 2, let pattern = words.last else {
      throw KeepalivedFault("include without one name", at: words[0].place, expected: "include FILE")
    }
    let found: [(name: String, bytes: [UInt8])]
    do throws(KeepalivedIncludeError) {
      found = try includes.files(matching: pattern.text, from: pattern.place.file)
    } catch {
      throw KeepalivedFault(
        "'\(shownText(pattern.text))' cannot be included: \(shownText(error.reason, limit: 300))",
        at: pattern.place, expected: "files that can be read, or their text in this file")
    }
    for file in found {
      guard nesting < limits.nesting else {
        throw KeepalivedFault(
          "files include one another without end", at: pattern.place,
          expected: "at most \(limits.nesting) levels")
      }
      try readFile(file.bytes, file: file.name, nesting: nesting + 1)
    }
  }
}

extension KeepalivedLine {
  /// `$NAME=VALUE`.
  fileprivate var definition: (name: [UInt8], value: KeepalivedLine)? {
    guard bytes.first == UInt8(ascii: "$") else { return nil }
    let end = bytes.dropFirst().firstIndex { !$0.isNameByte } ?? bytes.count
    guard end > 1, end < bytes.count, bytes[end] == UInt8(ascii: "="), !(48...57).contains(bytes[1]) else {
      return nil
    }
    return (Array(bytes[1..<end]), rest(from: end + 1))
  }

  /// The name, if the line is nothing but `$NAME` or `${NAME}`.
  fileprivate var reference: [UInt8]? {
    guard let (name, end) = reference(at: 0), end == bytes.count else { return nil }
    return name
  }

  /// `${NAME}`, or `$NAME` before a blank or the end.
  fileprivate func reference(at index: Int) -> (name: [UInt8], end: Int)? {
    guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else { return nil }
    let isBraced = bytes[index + 1] == UInt8(ascii: "{")
    let start = index + (isBraced ? 2 : 1)
    var end = start
    while end < bytes.count, bytes[end].isNameByte { end += 1 }
    guard end > start else { return nil }
    let name = Array(bytes[start..<end])
    if isBraced { return end < bytes.count && bytes[end] == UInt8(ascii: "}") ? (name, end + 1) : nil }
    return end == bytes.count || bytes[end].isBlank || bytes[end] == UInt8(ascii: "\"") ? (name, end) : nil
  }
}
