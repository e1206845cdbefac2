import FoundationEssentials

/// Who answered the datagrams of each flow, in runs: times are microseconds since 1970, when the first and the last
/// datagram of the run left.
package struct StreamReport: Codable, Sendable {
  package struct Run: Codable, Hashable, Sendable {
    /// Nil: nobody.
    package var server: String?
    package var first: Int64
    package var last: Int64
    package var count: Int
  }

  package var at: Int64
  package var flows: [[Run]]
  /// Datagrams that were answered more than once.
  package var doubled = 0

  /// A datagram that is no older when the report is written, in microseconds, and not answered, is not in it.
  static let young: Int64 = 200_000

  static func runs(of sent: [(at: Int64, server: String?)]) -> [Run] {
    var runs: [Run] = []
    for datagram in sent { runs.append(datagram) }
    return runs
  }

  /// Who answered a flow, in order, without the silences between.
  package static func servers(of flow: [Run]) -> [String] {
    var servers: [String] = []
    for case let server? in flow.map(\.server) where servers.last != server { servers.append(server) }
    return servers
  }

  package static func lost(of flow: [Run]) -> Int {
    flow.filter { $0.server == nil }.map(\.count).reduce(0, +)
  }

  func save(to path: String) throws { try TextFile.replace(path, Array(JSONEncoder().encode(self))) }

  static func load(_ path: String) -> StreamReport? {
    TextFile.readBytes(path).flatMap { try? JSONDecoder().decode(StreamReport.self, from: Data($0)) }
  }
}
