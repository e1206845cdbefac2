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

  static func runs(of sent: [(at: Int64, server: String?)]) -> [Run] {
    var runs: [Run] = []
    for datagram in sent {
      if let run = runs.last, run.server == datagram.server {
        runs[runs.count - 1].last = datagram.at
        runs[runs.count - 1].count += 1
      } else {
        runs.append(Run(server: datagram.server, first: datagram.at, last: datagram.at, count: 1))
      }
    }
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
