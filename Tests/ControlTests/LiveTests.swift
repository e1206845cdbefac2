import Testing

/// The built `flowswitch run`, as a user runs it, in network namespaces of the tests' own. One at a time: there are two
/// cores.
@Suite("Switch", .serialized, .enabled(if: Privilege.isRoot, Privilege.reason))
struct LiveTests {}

/// Fresh connections, and who has each.
struct Conversations {
  private(set) var all: [(with: Conversation, server: String)] = []

  /// - Throws: when one is not answered.
  init(_ count: Int, at site: Site, port: UInt16 = 80) throws {
    for number in 0..<count {
      guard let one = site.connect(port: port), let server = one.ask() else {
        throw SiteFailure("connection \(number) of \(count) to port \(port) is not answered")
      }
      all.append((one, server))
    }
  }

  var servers: Set<String> { Set(all.map(\.server)) }

  /// Those that do not answer, or by another server than before.
  func broken(besides excepted: Set<String> = []) -> [String] {
    all.filter { !excepted.contains($0.server) }.compactMap { one in
      let now = one.with.ask()
      return now == one.server ? nil : "\(one.server) → \(now ?? "nobody")"
    }
  }
}
