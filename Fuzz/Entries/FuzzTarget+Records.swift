@testable import Control
@testable import Datapath

extension FuzzTarget {
  /// What the datapath writes to its rings: the frames in it are anybody's. The first two bytes are how much of a frame is
  /// kept.
  static let records = FuzzTarget(
    "records", "records of the tap and of captures", longest: 2048,
    .direct { bytes in
      var reader = InputReader(bytes)
      let snap = reader.word()
      let record = reader.remaining()
      let observer = FlowObserver(virtualMACs: 0..<UInt64.max, limit: 4)
      record.withUnsafeBytes { record in
        guard let sample = TapSample(record) else { return }
        observer.add(sample)
      }
      let sample = record.withUnsafeBytes { CaptureSample($0, snap: snap) }
      try FuzzFault.unless(observer.result.count <= 4, "more flows than the limit")
      guard let sample else { return }
      try FuzzFault.unless(
        max(sample.before.count, sample.after?.count ?? 0) <= snap, "more of the frame than was asked for")
    })
}
