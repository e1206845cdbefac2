/// A mapping of the file, read by the names of its keys.
struct Section {
  let item: Item
  /// Known keys, each once. A handful: looking through them is quicker than hashing.
  private var entries: [YAMLEntry] = []

  var path: String { item.path }
  var report: Report { item.report }

  /// Nil if the value is no mapping. Reports unknown and duplicate keys.
  init?(_ item: Item, keys known: [String]) {
    guard case .mapping(let written) = item.node.content else {
      item.wrongType("a mapping with the keys \(known.joined(separator: ", "))")
      return nil
    }
    self.item = item
    for entry in written {
      guard known.contains(entry.key) else {
        let hint = suggestion(for: entry.key, among: known).map { ", did you mean '\($0)'?" } ?? ""
        // The path is the mapping's: a key that is not ours need not be fit to be shown in one.
        report.error(
          "unknown key \(quoted(entry.key))\(hint)", at: entry.position, path: path, expected: oneOf(known))
        continue
      }
      if let first = entries.first(where: { $0.key == entry.key }) {
        report.error(
          "duplicate key \(quoted(entry.key)), first on line \(first.position.line)", at: entry.position,
          path: path(of: entry.key), expected: "each key once")
        continue
      }
      entries.append(entry)
    }
  }

  /// The value of a key that may be left out.
  subscript(key: String) -> Item? {
    entries.first { $0.key == key }.map { Item(node: $0.value, path: path(of: key), report: report) }
  }

  /// The value of a key that must be there; reports it as missing otherwise.
  func required(_ key: String, _ expected: @autoclosure () -> String) -> Item? {
    if let value = self[key] { return value }
    report.error("missing", at: item.position, path: path(of: key), expected: expected())
    return nil
  }

  func position(ofKey key: String) -> SourcePosition {
    entries.first { $0.key == key }?.position ?? item.position
  }

  private func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
