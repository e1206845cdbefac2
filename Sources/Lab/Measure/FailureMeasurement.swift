/// One failure as it was measured: how long a dead member went on getting frames, what broke, what moved.
struct FailureMeasurement {
  /// From the fault to the last datagram that left for the dead member, in microseconds; nil: no flow was with it.
  var lastWrong: Int64?
  /// From the fault to the event that tells of it.
  var told: Int64?
  /// Connections that broke and were with others.
  var brokenOthers: Int
  var brokenOwn: Int
  var bucketsMoved: Int
  /// Those that were the dead member's.
  var bucketsDue: Int
}

extension FailureMeasurement {
  static func median(_ values: [Int64]) -> Int64? {
    let sorted = values.sorted()
    guard let middle = sorted.indices.dropFirst(sorted.count / 2).first else { return nil }
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Of the flows that a member had when it failed: when the last datagram left that nobody answered.
  static func lastWrong(_ report: StreamReport, victim: String, fault: Int64) -> Int64? {
    let last = report.flows.compactMap { flow -> Int64? in
      guard let at = flow.lastIndex(where: { $0.server == victim && $0.first <= fault }) else { return nil }
      // The silence that follows; or none, where the next datagram went elsewhere.
      let next = flow.index(after: at)
      guard next < flow.endIndex, flow[next].server == nil else { return flow[at].last }
      return flow[next].last
    }.max()
    return last.map { max(0, $0 - fault) }
  }
}
