/// What a sink has counted.
struct SinkCounts {
  var frames: Int
  /// Of somebody else's, which passed.
  var others: Int
  /// Frames by the member whose MAC they came to.
  var members: [Int]
  var latency: Histogram

  /// What was added since.
  static func - (now: SinkCounts, before: SinkCounts) -> SinkCounts {
    SinkCounts(
      frames: now.frames - before.frames, others: now.others - before.others,
      members: zip(now.members, before.members).map { $0 - $1 }, latency: now.latency - before.latency)
  }
}
