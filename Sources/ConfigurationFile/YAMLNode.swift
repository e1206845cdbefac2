/// A value of the file with its place. Aliases are resolved: the node of an alias is the anchor's, with the anchor's
/// place.
struct YAMLNode: Sendable {
  enum Content: Sendable {
    /// `isPlain`: written without quotes, so it may stand for a number, a truth value or nothing.
    case scalar(String, isPlain: Bool)
    case mapping([YAMLEntry])
    case sequence([YAMLNode])
  }
  var position: SourcePosition
  var content: Content

  /// `key:` with nothing behind it, `~` or `null`.
  var isNothing: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }
}

/// A key and its value. A key may occur twice in one mapping: who reads the mapping reports that.
struct YAMLEntry: Sendable {
  var key: String
  var position: SourcePosition
  var value: YAMLNode
}
