/// Lines of words to a tree of statements. The tree is built on a stack of its own, so that nesting is a bound and not
/// a matter of the thread's stack.
struct KeepalivedParser {
  let limits: KeepalivedLimits

  init(limits: KeepalivedLimits) { self.limits = limits }

  private struct Open {
    var statement: KeepalivedStatement
    var block: [KeepalivedStatement] = []
  }

  private var top: [KeepalivedStatement] = []
  private var open: [Open] = []
  private var count = 0
  /// The block that follows on a line of its own belongs to the statement before.
  private var mayOpen = false

  /// One line's words.
  mutating func add(_ words: [KeepalivedWord]) throws(KeepalivedFault) {
    var words = words[...]
    while !words.isEmpty {
      let end = words.firstIndex { $0.isPlain && ($0.text == "{" || $0.text == "}") } ?? words.endIndex
      if let keyword = words[..<end].first {
        try append(
          KeepalivedStatement(keyword: keyword, arguments: Array(words[..<end].dropFirst())))
      }
      if end < words.endIndex {
        if words[end].text == "{" { try begin(at: words[end].place) } else { try close(at: words[end].place) }
        words = words[(end + 1)...]
      } else {
        words = []
      }
    }
  }

  /// - Returns: what stands at the top level.
  mutating func finish() throws(KeepalivedFault) -> [KeepalivedStatement] {
    if let last = open.last {
      throw KeepalivedFault(
        "the block of '\(shownText(last.statement.keyword.text))' is not closed", at: last.statement.place,
        expected: "a } for each {")
    }
    return top
  }

  private mutating func append(_ statement: KeepalivedStatement) throws(KeepalivedFault) {
    count += 1
    guard count <= limits.statements else {
      throw KeepalivedFault(
        "more than \(limits.statements) lines, definitions and includes resolved",
        at: statement.place, expected: "a smaller file")
    }
    if open.isEmpty { top.append(statement) } else { open[open.count - 1].block.append(statement) }
    mayOpen = true
  }

  private mutating func begin(at place: KeepalivedPlace) throws(KeepalivedFault) {
    guard mayOpen, let statement = open.isEmpty ? top.popLast() : open[open.count - 1].block.popLast() else {
      throw KeepalivedFault("a { without a keyword before it", at: place, expected: "a keyword and its block")
    }
    guard open.count < limits.depth else {
      throw KeepalivedFault(
        "nested too deeply", at: place, expected: "at most \(limits.depth) levels")
    }
    open.append(Open(statement: statement))
    mayOpen = false
  }

  private mutating func close(at place: KeepalivedPlace) throws(KeepalivedFault) {
    guard var last = open.popLast() else {
      throw KeepalivedFault("a } without a {", at: place, expected: "a } for each {")
    }
    last.statement.block = last.block
    if open.isEmpty { top.append(last.statement) } else { open[open.count - 1].block.append(last.statement) }
    mayOpen = false
  }
}
