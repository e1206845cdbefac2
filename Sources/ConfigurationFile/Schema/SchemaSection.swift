import SwitchModel

/// A mapping of the file: its keys in the order in which they are explained.
struct SchemaSection: Sendable {
  /// Of the definition in the schema, and the anchor in the reference: `cluster`.
  var id: String
  /// Where it stands: `clusters[]`.
  var path: String
  var summary: String
  var keys: [SchemaKey]
  /// Keys of which one at most is given.
  var exclusive: [String] = []
  var conditions: [SchemaCondition] = []
  /// Keys that need others beside them.
  var needs: [(key: String, others: [String])] = []
  /// Keys and required keys by the value of `kind`; nil for all but probes.
  var kinds: [(kind: String, keys: [String], required: [String])]?

  var names: [String] { keys.map(\.name) }
  var link: String { "[\(id)](#\(id))" }
}

struct SchemaKey: Sendable {
  var name: String
  var value: SchemaValue
  var isRequired = false
  /// What holds without the key, as it would be written or in words.
  var defaultText: String?
  var meaning: String
}

/// Where one key has a value, others must not be given, or only be `off`.
struct SchemaCondition: Sendable {
  var key: String
  var value: JSONTree
  var forbidden: [String] = []
  var onlyOff: [String] = []
  var reason: String
}
