import LinuxPlatform

/// What flows of datagrams did in a time, and must not have.
struct StreamFindings: Hashable, Sendable {
  /// Datagrams that nobody answered.
  var lost = 0
  /// When the first of them left, in microseconds since 1970.
  var firstLost: Int64?
  /// Flows that went to another server, in words.
  var moves: [String] = []

  static func + (one: StreamFindings, two: StreamFindings) -> StreamFindings {
    StreamFindings(
      lost: one.lost + two.lost, firstLost: [one.firstLost, two.firstLost].compactMap { $0 }.min(),
      moves: one.moves + two.moves)
  }

  /// What is wrong with it, in words. Hosts that lost so much themselves are no fault of the switch.
  func wrong(hostLosses: Int) -> [String] {
    guard lost > hostLosses else { return moves }
    let time = firstLost.map { WallTime(since1970: .microseconds($0)).description } ?? "the beginning"
    return moves + ["\(lost) datagrams are lost, hosts say they lost \(hostLosses); the first at \(time)"]
  }
}
