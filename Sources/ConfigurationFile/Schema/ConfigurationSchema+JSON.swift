import SwitchModel

extension ConfigurationSchema {
  /// JSON Schema, draft 2020-12, of the file as a loader of YAML 1.2 sees it. It refuses nothing that the parser takes.
  /// What a schema cannot say (names that exist, durations' ranges, addresses apart) only the parser refuses.
  public static var json: String { tree.text() + "\n" }

  static var tree: JSONTree {
    let head: JSONTree = .object([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "$id": .string("urn:flowswitch:configuration"),
      "title": .string("FlowSwitch configuration"),
    ])
    guard case .object(let body) = schema(of: root) else { return head }
    let definitions = sections.dropFirst().map { JSONTree.Member(key: $0.id, value: schema(of: $0)) }
    return head.adding(body).adding([.init(key: "$defs", value: .object(definitions))])
  }

  private static func schema(of section: SchemaSection) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init(key: "description", value: .string(section.summary)),
      .init(key: "type", value: .string("object")),
      .init(key: "additionalProperties", value: .boolean(false)),
    ]
    let required = section.keys.filter(\.isRequired).map(\.name)
    if !required.isEmpty { members.append(.init(key: "required", value: .strings(required))) }
    members.append(
      .init(
        key: "properties",
        value: .object(section.keys.map { .init(key: $0.name, value: schema(of: $0)) })))
    if !section.exclusive.isEmpty {
      members.append(
        .init(key: "not", value: .object(["required": .strings(section.exclusive)])))
    }
    if !section.needs.isEmpty {
      let needs = section.needs.map { JSONTree.Member(key: $0.key, value: .strings($0.others)) }
      members.append(.init(key: "dependentRequired", value: .object(needs)))
    }
    let rules = section.conditions.map(rule(of:)) + (section.kinds ?? []).map(rule(of:keys:required:))
    if !rules.isEmpty { members.append(.init(key: "allOf", value: .array(rules))) }
    return .object(members)
  }

  private static func schema(of key: SchemaKey) -> JSONTree {
    var text = key.meaning
    if let value = key.defaultText { text += ". Default: \(value.replacing("`", with: ""))" }
    if case .duration(let range) = key.value {
      text += ". \(range.lowerBound.text) to \(range.upperBound.text)"
    }
    let description = JSONTree.Member(key: "description", value: .string(text.replacing("`", with: "")))
    guard case .object(let members) = key.value.schema else { return key.value.schema }
    return .object([description] + members)
  }

  private static func rule(of condition: SchemaCondition) -> JSONTree {
    var properties = condition.forbidden.map { JSONTree.Member(key: $0, value: .boolean(false)) }
    properties += condition.onlyOff.map { .init(key: $0, value: .object(["const": .string("off")])) }
    return .object([
      "$comment": .string(condition.reason), "if": isValue(condition.key, condition.value),
      "then": .object(["properties": .object(properties)]),
    ])
  }

  private static func rule(of kind: String, keys: [String], required: [String]) -> JSONTree {
    var then: [JSONTree.Member] = [
      .init(key: "propertyNames", value: .object(["enum": .strings(keys)]))
    ]
    if !required.isEmpty { then.append(.init(key: "required", value: .strings(required))) }
    return .object(["if": isValue("kind", .string(kind)), "then": .object(then)])
  }

  private static func isValue(_ key: String, _ value: JSONTree) -> JSONTree {
    .object([
      "required": .strings([key]), "properties": .object([.init(key: key, value: .object(["const": value]))]),
    ])
  }
}
