import Testing

@testable import Balancing

@Suite("Drain watch (X5)")
struct DrainWatchTests {
  struct Seen {
    var buckets: Int
    var packets: UInt64
    var at: Int
    var change: DrainChange?
  }

  static let tables: [[Seen]] = [
    // Flows end: an event each time that half of the buckets are left, then empty.
    [
      Seen(buckets: 64, packets: 1000, at: 0, change: .draining(buckets: 64)),
      Seen(buckets: 40, packets: 1100, at: 1, change: nil),
      Seen(buckets: 32, packets: 1200, at: 2, change: .draining(buckets: 32)),
      Seen(buckets: 3, packets: 1300, at: 3, change: .draining(buckets: 3)),
      Seen(buckets: 0, packets: 1310, at: 4, change: nil),
      Seen(buckets: 0, packets: 1310, at: 5, change: .empty),
      Seen(buckets: 0, packets: 1310, at: 6, change: nil),
    ],
    // A flow that never ends keeps its bucket.
    [
      Seen(buckets: 1, packets: 5, at: 0, change: .draining(buckets: 1)),
      Seen(buckets: 1, packets: 6, at: 3600, change: nil),
      Seen(buckets: 1, packets: 6, at: 7200, change: nil),
    ],
    // Without a bucket, but with packets: not empty.
    [
      Seen(buckets: 0, packets: 5, at: 0, change: .draining(buckets: 0)),
      Seen(buckets: 0, packets: 6, at: 1, change: nil),
      Seen(buckets: 0, packets: 7, at: 2, change: nil),
      Seen(buckets: 0, packets: 7, at: 3, change: .empty),
    ],
    // A counter that begins anew is a change like another.
    [
      Seen(buckets: 0, packets: 500, at: 0, change: .draining(buckets: 0)),
      Seen(buckets: 0, packets: 0, at: 1, change: nil),
      Seen(buckets: 0, packets: 0, at: 2, change: .empty),
    ],
    // A bucket comes back, because its new member died.
    [
      Seen(buckets: 0, packets: 0, at: 0, change: .draining(buckets: 0)),
      Seen(buckets: 0, packets: 0, at: 1, change: .empty),
      Seen(buckets: 2, packets: 0, at: 2, change: .draining(buckets: 2)),
      Seen(buckets: 0, packets: 0, at: 3, change: .empty),
    ],
  ]

  @Test("X5: a drain ends when no bucket leads to the member and no packet came", arguments: tables)
  func histories(table: [Seen]) {
    var watch = DrainWatch(quiet: .seconds(1))
    for seen in table {
      let change = watch.observe(
        previousBuckets: seen.buckets, leavingPackets: seen.packets, at: .seconds(seen.at))
      #expect(change == seen.change, "at \(seen.at)")
      #expect(watch.remaining == seen.buckets)
    }
  }
}
