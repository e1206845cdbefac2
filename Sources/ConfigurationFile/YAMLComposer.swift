import CLibYAML

/// libyaml's events to nodes, in one walk. A tree between the two, of a library's own nodes, took four times as long, and its
/// aliases and duplicate keys were the library's to judge.
final class YAMLComposer {
  private let report: Report
  // libyaml keeps the parser's address.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private var event = yaml_event_t()
  private var anchors: [String: Anchored] = [:]
  private var nodes = 0
  private let isReady: Bool

  private struct Anchored {
    var node: YAMLNode
    /// Nodes in it, aliases resolved.
    var count: Int
  }

  /// There is no going on; the report says why.
  private struct Stop: Error {}

  /// - Parameter text: UTF-8, which outlives the composer.
  init(_ text: UnsafeBufferPointer<UInt8>, report: Report) {
    self.report = report
    parser.initialize(to: yaml_parser_t())
    isReady = yaml_parser_initialize(parser) == 1
    if !isReady { return }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_event_delete(&event)
    if isReady { yaml_parser_delete(parser) }
    parser.deallocate()
  }

  /// The only document's root. Nil: the report says why.
  func document() -> YAMLNode? {
    guard isReady else {
      report.error("no memory to read it", at: .none)
      return nil
    }
    do {
      try next()  // the stream begins
      try next()
      if event.type == YAML_STREAM_END_EVENT {
        report.error("the file is empty", at: .start, expected: "a mapping with the keys switch and ports")
        return nil
      }
      try next()
      let root = try node(depth: 0)
      try next()  // the document ends
      try next()
      if event.type != YAML_STREAM_END_EVENT {
        report.error("a second document begins", at: position, expected: "one YAML document")
        return nil
      }
      return root
    } catch {
      return nil
    }
  }

  // MARK: Nodes

  /// What the present event begins; the last of its events is then the present one.
  private func node(depth: Int) throws(Stop) -> YAMLNode {
    let place = position
    guard depth <= YAMLReader.maximumDepth else {
      report.error("nested too deeply", at: place, expected: "at most \(YAMLReader.maximumDepth) levels")
      throw Stop()
    }
    let before = nodes
    try count(1, at: place)
    let content: YAMLNode.Content
    let anchor: String?
    switch event.type {
    case YAML_ALIAS_EVENT:
      return try resolve(YAMLComposer.name(event.data.alias.anchor) ?? "", at: place)
    case YAML_SCALAR_EVENT:
      anchor = YAMLComposer.name(event.data.scalar.anchor)
      content = .scalar(scalar, isPlain: event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
    case YAML_SEQUENCE_START_EVENT:
      anchor = YAMLComposer.name(event.data.sequence_start.anchor)
      content = .sequence(try items(depth: depth + 1))
    case YAML_MAPPING_START_EVENT:
      anchor = YAMLComposer.name(event.data.mapping_start.anchor)
      content = .mapping(try entries(depth: depth + 1))
    default:
      report.error("not YAML: no value", at: place, expected: "well-formed YAML")
      throw Stop()
    }
    let result = YAMLNode(position: place, content: content)
    if let anchor { anchors[anchor] = Anchored(node: result, count: nodes - before) }
    return result
  }

  private func items(depth: Int) throws(Stop) -> [YAMLNode] {
    var items: [YAMLNode] = []
    try next()
    while event.type != YAML_SEQUENCE_END_EVENT {
      items.append(try node(depth: depth))
      try next()
    }
    return items
  }

  private func entries(depth: Int) throws(Stop) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    try next()
    while event.type != YAML_MAPPING_END_EVENT {
      let place = position
      var key: String?
      if event.type == YAML_SCALAR_EVENT {
        key = scalar
        // What is anchored at a key is a value, too.
        if event.data.scalar.anchor != nil { _ = try node(depth: depth) }
      } else {
        // The rest of the mapping is still read.
        report.error("a key that is not a word", at: place, expected: "a word before the colon")
        if event.type != YAML_ALIAS_EVENT { _ = try node(depth: depth) }
      }
      try next()
      let value = try node(depth: depth)
      if let key { entries.append(YAMLEntry(key: key, position: place, value: value)) }
      try next()
    }
    return entries
  }

  private func resolve(_ name: String, at place: SourcePosition) throws(Stop) -> YAMLNode {
    guard let anchored = anchors[name] else {
      report.error("no anchor \(quoted("&" + name)) stands before this alias", at: place)
      // Something that every reader takes for missing, so that the rest is still checked.
      return YAMLNode(position: place, content: .scalar("", isPlain: true))
    }
    try count(anchored.count, at: place)
    return anchored.node
  }

  private func count(_ more: Int, at place: SourcePosition) throws(Stop) {
    nodes += more
    if nodes <= YAMLReader.maximumNodes { return }
    report.error(
      "the file grows to more than \(YAMLReader.maximumNodes) values", at: place,
      expected: "fewer values and aliases")
    throw Stop()
  }

  // MARK: Events

  private func next() throws(Stop) {
    yaml_event_delete(&event)
    if yaml_parser_parse(parser, &event) == 1 { return }
    reportFault()
    throw Stop()
  }

  private var position: SourcePosition { SourcePosition(event.start_mark) }

  private var scalar: String {
    let data = event.data.scalar
    return String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
  }

  private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    text.map { String(cString: $0) }
  }

  /// What libyaml stopped at. Nothing behind it can be read.
  private func reportFault() {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "it cannot be read"
    switch state.error {
    case YAML_SCANNER_ERROR, YAML_PARSER_ERROR, YAML_COMPOSER_ERROR:
      let context = state.context.map { text in
        let place = SourcePosition(state.context_mark)
        return " (\(String(cString: text)) at \(place.line):\(place.column))"
      }
      report.error(
        "not YAML: \(problem)\(context ?? "")", at: SourcePosition(state.problem_mark),
        expected: "well-formed YAML")
    case YAML_MEMORY_ERROR:
      report.error("no memory to read it", at: .none)
    default:
      report.error("not YAML: \(problem)", at: .none, expected: "well-formed YAML in UTF-8")
    }
  }
}

extension SourcePosition {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
