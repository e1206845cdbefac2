import FoundationEssentials

/// What became of connections that were held open. Times are microseconds since 1970.
package struct HoldReport: Codable, Sendable {
  package struct Connection: Codable, Sendable {
    /// Who answered, in the order of their first answers.
    package var servers: [String] = []
    package var answers = 0
    /// Of the last question; nil: none yet.
    package var asked_at: Int64?
    package var answered_at: Int64?
    /// The longest wait for an answer that came.
    package var longest_wait: Int64 = 0
    /// Why it ended; nil: it lives.
    package var broken: String?
    package var broken_at: Int64?

    mutating func answered(_ server: String, at now: Int64) {
      answers += 1
      answered_at = now
      longest_wait = max(longest_wait, now - (asked_at ?? now))
      if !servers.contains(server) { servers.append(server) }
    }

    mutating func end(_ reason: String, at now: Int64) {
      guard broken == nil else { return }
      broken = reason
      broken_at = now
    }

    /// The server that it is with.
    package var server: String? { servers.last }
  }

  /// When this was written.
  package var at: Int64
  package var connections: [Connection]

  /// A question without an answer for so long is a broken connection, too: nobody tells its client.
  static let patience: Int64 = 1_000_000

  /// Why a connection counts as broken; nil: it does not.
  package func trouble(of connection: Connection) -> String? {
    if let broken = connection.broken { return broken }
    if connection.servers.count > 1 { return "answered by \(connection.servers.joined(separator: " and "))" }
    guard let asked = connection.asked_at, asked > connection.answered_at ?? 0 else { return nil }
    return at - asked > Self.patience ? "no answer" : nil
  }

  package var broken: [Connection] { connections.filter { trouble(of: $0) != nil } }

  func save(to path: String) throws { try TextFile.replace(path, Array(JSONEncoder().encode(self))) }

  static func load(_ path: String) -> HoldReport? {
    TextFile.readBytes(path).flatMap { try? JSONDecoder().decode(HoldReport.self, from: Data($0)) }
  }
}
