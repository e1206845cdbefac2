/// A mapping of the file, read by the names of its keys.
struct Section {
  let item: Item
  private var items: [String: Item] = [:]
  private var keys: [String: SourcePosition] = [:]

  var path: String { item.path }
  var report: Report { item.report }

  /// Nil if the value is no mapping. Reports unknown and duplicate keys.
  init?(_ item: Item, keys known: [String]) {
    guard case .mapping(let entries) = item.node.content else {
      item.wrongType("a mapping with the keys \(known.joined(separator: ", "))")
      return nil
    }
    self.item = item
    for entry in entries {
      let path = item.path.isEmpty ? entry.key : "\(item.path).\(entry.key)"
      guard known.contains(entry.key) else {
        let hint = suggestion(for: entry.key, among: known).map { ", did you mean '\($0)'?" } ?? ""
        // The key goes into the path only if it is fit to be shown.
        item.report.error(
          "unknown key \(quoted(entry.key))\(hint)", at: entry.position, path: item.path,
          expected: oneOf(known))
        continue
      }
      if let first = keys[entry.key] {
        item.report.error(
          "duplicate key \(quoted(entry.key)), first on line \(first.line)", at: entry.position, path: path,
          expected: "each key once")
        continue
      }
      keys[entry.key] = entry.position
      items[entry.key] = Item(node: entry.value, path: path, report: item.report)
    }
  }

  /// The value of a key that may be left out.
  subscript(key: String) -> Item? { items[key] }

  /// The value of a key that must be there; reports it as missing otherwise.
  func required(_ key: String, _ expected: String) -> Item? {
    if let value = items[key] { return value }
    let path = item.path.isEmpty ? key : "\(item.path).\(key)"
    report.error("missing", at: item.position, path: path, expected: expected)
    return nil
  }

  func position(ofKey key: String) -> SourcePosition { keys[key] ?? item.position }
}
