extension ConfigurationDraft {
  /// Every name once among its like.
  func checkNames(_ report: Report) {
    report.duplicates(ports.compactMap(\.name), "port")
    report.duplicates(clusters.compactMap(\.name), "cluster")
    checkPoolNames(report)
    for cluster in clusters { report.duplicates(cluster.members.compactMap(\.name), "member of the cluster") }
    for pool in pools { report.duplicates(pool.members.compactMap(\.name), "router of the pool") }
  }

  /// Commands name a member as `CLUSTER/MEMBER` and a router as `POOL/ROUTER`: the names are one set.
  private func checkPoolNames(_ report: Report) {
    var seen: [String: (field: Field<String>, what: String)] = [:]
    for field in clusters.compactMap(\.name) where seen[field.value] == nil {
      seen[field.value] = (field, "a cluster")
    }
    for field in pools.compactMap(\.name) {
      if let (first, what) = seen[field.value] {
        report.error(
          "\(quoted(field.value)) is the name of \(what) (\(first.path), line \(first.position.line))",
          at: field.position, path: field.path, expected: "a name that no other has")
      } else {
        seen[field.value] = (field, "another router pool")
      }
    }
  }

  /// Every port that is named exists.
  func checkPorts(_ report: Report) {
    let names = ports.compactMap { $0.name?.value }
    // Without any port that fault is enough.
    guard !names.isEmpty else { return }
    let known = Set(names)
    for field in clusters.flatMap({ $0.members.map(\.port) }) + pools.flatMap({ $0.members.map(\.port) }) {
      guard let field, !known.contains(field.value) else { continue }
      let hint = suggestion(for: field.value, among: names).map { ", did you mean '\($0)'?" } ?? ""
      report.error(
        "no port is named \(quoted(field.value))\(hint)", at: field.position, path: field.path,
        expected: oneOf(names))
    }
  }
}

extension Report {
  /// Reports every field whose value another one before it has.
  func duplicates<Value: Hashable>(_ fields: [Field<Value>], _ what: String) {
    var seen: [Value: Field<Value>] = [:]
    for field in fields {
      if let first = seen[field.value] {
        error(
          "\(quoted("\(field.value)")) is the name of another \(what) (\(first.path), line \(first.position.line))",
          at: field.position, path: field.path, expected: "a name that no other has")
      } else {
        seen[field.value] = field
      }
    }
  }
}
