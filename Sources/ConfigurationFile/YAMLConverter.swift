import Yams

/// Nodes of Yams to nodes of our own: marks taken out, aliases resolved within bounds.
struct YAMLConverter {
  private let text: YAMLText
  private let report: Report
  private var anchors: [String: Anchored] = [:]
  private var nodes = 0

  private struct Anchored {
    var node: YAMLNode
    /// Nodes in it, aliases resolved.
    var count: Int
  }

  init(text: YAMLText, report: Report) {
    self.text = text
    self.report = report
  }

  /// Nil if a bound is passed (reported once).
  mutating func convert(_ root: Node) -> YAMLNode? { convert(root, depth: 0) }

  private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
    let position = SourcePosition(line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    guard depth <= YAMLReader.maximumDepth else {
      report.error(
        "nested too deeply", at: position, expected: "at most \(YAMLReader.maximumDepth) levels")
      return nil
    }
    let before = nodes
    guard count(1, at: position) else { return nil }
    let content: YAMLNode.Content
    switch node {
    case .scalar(let scalar):
      if scalar.style == .plain, let name = YAMLText.alias(in: scalar.string) {
        return resolve(name, at: position)
      }
      content = .scalar(YAMLText.restore(scalar.string), isPlain: scalar.style == .plain)
    case .sequence(let sequence):
      var items: [YAMLNode] = []
      items.reserveCapacity(sequence.count)
      for item in sequence {
        guard let item = convert(item, depth: depth + 1) else { return nil }
        items.append(item)
      }
      content = .sequence(items)
    case .mapping(let mapping):
      var entries: [YAMLEntry] = []
      entries.reserveCapacity(mapping.count)
      for (key, value) in mapping {
        guard let value = convert(value, depth: depth + 1) else { return nil }
        if let (name, place) = convert(key: key) {
          entries.append(YAMLEntry(key: name, position: place, value: value))
        }
      }
      content = .mapping(entries)
    case .alias:
      // Only the emitter makes these.
      return nil
    }
    let result = YAMLNode(position: position, content: content)
    if let name = node.anchor?.rawValue {
      anchors[name] = Anchored(node: result, count: nodes - before)
    }
    return result
  }

  /// Nil for a key that is no text (reported); the rest of the mapping is still read.
  private func convert(key: Node) -> (String, SourcePosition)? {
    let position = SourcePosition(line: key.mark?.line ?? 0, column: key.mark?.column ?? 0)
    guard case .scalar(let scalar) = key,
      scalar.style != .plain || YAMLText.alias(in: scalar.string) == nil
    else {
      report.error("a key that is not a word", at: position, expected: "a word before the colon")
      return nil
    }
    return (text.restore(key: scalar.string), position)
  }

  private mutating func resolve(_ name: String, at position: SourcePosition) -> YAMLNode? {
    guard let anchored = anchors[name] else {
      report.error("no anchor \(quoted("&" + name)) stands before this alias", at: position)
      // Something that every reader takes for missing, so that the rest is still checked.
      return YAMLNode(position: position, content: .scalar("", isPlain: true))
    }
    return count(anchored.count, at: position) ? anchored.node : nil
  }

  private mutating func count(_ more: Int, at position: SourcePosition) -> Bool {
    nodes += more
    if nodes <= YAMLReader.maximumNodes { return true }
    report.error(
      "the file grows to more than \(YAMLReader.maximumNodes) values", at: position,
      expected: "fewer values and aliases")
    return false
  }
}
