import Synchronization
import Testing

@testable import ConfigurationFile

/// The part of JSON Schema (draft 2020-12) that the configuration's schema uses, over what YAML makes of a file (YAML 1.2,
/// core schema). A keyword that is not known here is an issue, so that the schema cannot outgrow its test.
struct SchemaChecker {
  let root: JSONTree

  /// Where the node is not what the schema says; empty if it is valid.
  func faults(_ node: YAMLNode) -> [String] { check(node, root, "") }

  /// Patterns that were used before: to compile one takes longer than all the rest.
  private static let patterns = Mutex<[String: Regex<AnyRegexOutput>]>([:])

  /// Nil if the pattern is none.
  private static func matches(_ text: String, _ pattern: String) -> Bool? {
    patterns.withLock { patterns -> Bool? in
      guard let regex = patterns[pattern] ?? (try? Regex(pattern)) else { return nil }
      patterns[pattern] = regex
      return text.firstMatch(of: regex) != nil
    }
  }

  private enum Scalar: Equatable {
    case text(String)
    case integer(Int)
    case number
    case boolean(Bool)
    case nothing
  }

  private func scalar(_ text: String, isPlain: Bool) -> Scalar {
    guard isPlain else { return .text(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .nothing
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    default: break
    }
    if let number = Int(text) { return .integer(number) }
    if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil { return .number }
    return .text(text)
  }

  private func check(_ node: YAMLNode, _ schema: JSONTree, _ path: String) -> [String] {
    if case .boolean(let value) = schema { return value ? [] : ["\(path): not allowed"] }
    guard case .object(let members) = schema else { return ["no schema"] }
    return members.flatMap { keyword($0.key, $0.value, of: schema, node, path) }
  }

  private func keyword(
    _ key: String, _ value: JSONTree, of schema: JSONTree, _ node: YAMLNode, _ path: String
  )
    -> [String]
  {
    func says(_ isValid: Bool) -> [String] { isValid ? [] : ["\(path): \(key)"] }
    switch (key, value) {
    case ("$schema", _), ("$id", _), ("$defs", _), ("$comment", _), ("title", _), ("description", _):
      return []
    case ("$ref", .string(let name)):
      guard let target = root["$defs"]?[String(name.dropFirst("#/$defs/".count))] else {
        return ["no \(name)"]
      }
      return check(node, target, path)
    case ("type", .string(let name)): return says(hasType(node, name))
    case ("type", .array(let names)):
      return says(names.contains { if case .string(let name) = $0 { hasType(node, name) } else { false } })
    case ("enum", .array(let values)): return says(values.contains { isEqual(node, $0) })
    case ("const", let other): return says(isEqual(node, other))
    case ("anyOf", .array(let schemas)): return says(schemas.contains { check(node, $0, path).isEmpty })
    case ("allOf", .array(let schemas)): return schemas.flatMap { check(node, $0, path) }
    case ("not", let other): return says(!check(node, other, path).isEmpty)
    case ("if", let condition):
      guard check(node, condition, path).isEmpty, let then = schema["then"] else { return [] }
      return check(node, then, path)
    case ("then", _): return []
    default: return rest(key, value, of: schema, node, path)
    }
  }

  private func rest(_ key: String, _ value: JSONTree, of schema: JSONTree, _ node: YAMLNode, _ path: String)
    -> [String]
  {
    func says(_ isValid: Bool) -> [String] { isValid ? [] : ["\(path): \(key)"] }
    switch (key, value, node.content) {
    case ("pattern", .string(let pattern), .scalar(let text, let isPlain)):
      guard case .text = scalar(text, isPlain: isPlain) else { return [] }
      guard let isMatch = SchemaChecker.matches(text, pattern) else {
        return ["\(pattern) is no regular expression"]
      }
      return says(isMatch)
    case ("minLength", .integer(let count), .scalar(let text, let isPlain)):
      guard case .text = scalar(text, isPlain: isPlain) else { return [] }
      return says(text.unicodeScalars.count >= count)
    case ("maxLength", .integer(let count), .scalar(let text, let isPlain)):
      guard case .text = scalar(text, isPlain: isPlain) else { return [] }
      return says(text.unicodeScalars.count <= count)
    case ("minimum", .integer(let least), .scalar(let text, let isPlain)):
      guard case .integer(let number) = scalar(text, isPlain: isPlain) else { return [] }
      return says(number >= least)
    case ("maximum", .integer(let most), .scalar(let text, let isPlain)):
      guard case .integer(let number) = scalar(text, isPlain: isPlain) else { return [] }
      return says(number <= most)
    case ("dependentRequired", .object(let needs), .mapping(let entries)):
      let keys = entries.map { JSONTree.string($0.key) }
      var missing: [String] = []
      for need in needs where keys.contains(.string(need.key)) {
        guard case .array(let others) = need.value else { return ["\(key) is no list"] }
        missing += others.filter { !keys.contains($0) }.map { "\(path): \($0) is missing" }
      }
      return missing
    case ("required", .array(let names), .mapping(let entries)):
      return names.filter { name in !entries.contains { JSONTree.string($0.key) == name } }.map {
        "\(path): \($0) is missing"
      }
    case ("properties", .object(let properties), .mapping(let entries)):
      return entries.flatMap { entry in
        properties.first { $0.key == entry.key }.map { check(entry.value, $0.value, "\(path).\(entry.key)") }
          ?? []
      }
    case ("additionalProperties", .boolean(false), .mapping(let entries)):
      return entries.filter { schema["properties"]?[$0.key] == nil }.map { "\(path).\($0.key): unknown" }
    case ("propertyNames", let names, .mapping(let entries)):
      return entries.flatMap { entry in
        check(
          YAMLNode(position: entry.position, content: .scalar(entry.key, isPlain: false)), names,
          "\(path).\(entry.key)")
      }
    case ("minItems", .integer(let count), .sequence(let items)): return says(items.count >= count)
    case ("maxItems", .integer(let count), .sequence(let items)): return says(items.count <= count)
    case ("items", let item, .sequence(let items)):
      var first = 0
      if case .array(let prefix)? = schema["prefixItems"] { first = prefix.count }
      return items.enumerated().dropFirst(first).flatMap { check($0.element, item, "\(path)[\($0.offset)]") }
    case ("prefixItems", .array(let schemas), .sequence(let items)):
      return zip(items, schemas).enumerated().flatMap {
        check($0.element.0, $0.element.1, "\(path)[\($0.offset)]")
      }
    case ("dependentRequired", _, _), ("pattern", _, _), ("minLength", _, _), ("maxLength", _, _),
      ("minimum", _, _), ("maximum", _, _),
      ("required", _, _), ("properties", _, _), ("additionalProperties", _, _), ("propertyNames", _, _),
      ("minItems", _, _), ("maxItems", _, _), ("items", _, _), ("prefixItems", _, _):
      // Of another type than the node's.
      return []
    default: return ["the keyword \(key) is not known here"]
    }
  }

  private func hasType(_ node: YAMLNode, _ name: String) -> Bool {
    switch (node.content, name) {
    case (.mapping, "object"), (.sequence, "array"): return true
    case (.scalar(let text, let isPlain), _):
      switch (scalar(text, isPlain: isPlain), name) {
      case (.text, "string"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
        (.boolean, "boolean"):
        return true
      default: return false
      }
    default: return false
    }
  }

  private func isEqual(_ node: YAMLNode, _ value: JSONTree) -> Bool {
    guard case .scalar(let text, let isPlain) = node.content else { return false }
    switch (scalar(text, isPlain: isPlain), value) {
    case (.text(let a), .string(let b)): return a == b
    case (.integer(let a), .integer(let b)): return a == b
    case (.boolean(let a), .boolean(let b)): return a == b
    default: return false
    }
  }
}
