/// One value of the file with its path. Its methods read it as what the schema asks for; where it is something else
/// they report that and return nil.
struct Item {
  let node: YAMLNode
  let path: String
  let report: Report

  var position: SourcePosition { node.position }

  func error(_ message: String, expected: String?) {
    report.error(message, at: node.position, path: path, expected: expected)
  }

  func field<Value>(_ value: Value) -> Field<Value> {
    Field(value: value, position: node.position, path: path)
  }

  /// The elements of a list; nil for anything else.
  func list(_ expected: String) -> [Item]? {
    guard case .sequence(let nodes) = node.content else {
      wrongType(expected)
      return nil
    }
    return nodes.enumerated().map { index, node in
      Item(node: node, path: "\(path)[\(index)]", report: report)
    }
  }

  /// The text of a scalar, quoted or not; nil for anything else and for nothing.
  func text(_ expected: @autoclosure () -> String) -> Field<String>? {
    guard case .scalar(let text, _) = node.content, !node.isNothing else {
      wrongType(expected())
      return nil
    }
    return field(text)
  }

  /// The text of a scalar that is not in quotes: a number or a truth value.
  func plain(_ expected: @autoclosure () -> String) -> String? {
    guard case .scalar(let text, let isPlain) = node.content, !node.isNothing else {
      wrongType(expected())
      return nil
    }
    if isPlain { return text }
    error("the text \(quoted(text))", expected: "\(expected()), without quotes")
    return nil
  }

  func wrongType(_ expected: String) {
    switch node.content {
    case _ where node.isNothing: error("nothing is given", expected: expected)
    case .scalar(let text, _): error(quoted(text), expected: expected)
    case .sequence: error("a list", expected: expected)
    case .mapping: error("a mapping", expected: expected)
    }
  }
}
