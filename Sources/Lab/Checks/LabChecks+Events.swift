import SwitchModel

/// Waiting for what the switch says of itself.
extension LabChecks {
  /// The number of the newest event; 0: none yet.
  func newestEvent() throws -> UInt64 { try lab.events().last?.number ?? 0 }

  func events(after number: UInt64) throws -> [EventRow] { try lab.events().filter { $0.number > number } }

  /// The first event of a kind about a subject; nil: it does not come.
  func awaitEvent(
    _ kind: String, of subject: String, after number: UInt64, within limit: Duration = .seconds(8)
  ) throws -> EventRow? {
    var found: EventRow?
    _ = try Waiting.until(within: limit, every: .milliseconds(50)) {
      found = try events(after: number).first { $0.kind == kind && $0.subject == subject }
      return found != nil
    }
    return found
  }

  func member(_ cluster: String, _ name: String) throws -> MemberRow {
    guard let row = try lab.members().first(where: { $0.cluster == cluster && $0.name == name }) else {
      throw LabError.refused("show members has no \(cluster)/\(name)")
    }
    return row
  }

  /// Waits until a member has one of these states; its state then.
  @discardableResult
  func awaitState(
    _ states: Set<String>, of name: String, in cluster: String, within limit: Duration = .seconds(10)
  ) throws -> String {
    var last = ""
    let reached = try Waiting.until(within: limit, every: .milliseconds(50)) {
      last = try member(cluster, name).state
      return states.contains(last)
    }
    guard reached else {
      throw LabError.refused(
        "\(cluster)/\(name) is \(last), not \(states.sorted().joined(separator: " or "))")
    }
    return last
  }

  /// The members of a cluster by bucket.
  func owners(_ cluster: String) throws -> [String?] {
    try lab.buckets().filter { $0.cluster == cluster }.sorted { $0.index < $1.index }.map(\.member)
  }

  /// What went from one table to the next: buckets whose member is another.
  static func moved(_ before: [String?], _ after: [String?]) -> [Int] {
    zip(before, after).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
  }

  static func text(_ event: EventRow?) -> String {
    guard let event else { return "no event" }
    let effect = event.effect.isEmpty ? "" : " → \(event.effect)"
    return "\(event.kind) \(event.subject): \(event.cause)\(effect) (\(event.buckets_moved) buckets)"
  }
}
