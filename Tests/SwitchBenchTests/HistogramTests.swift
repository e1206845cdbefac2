import CSwitchBench
import Testing

@testable import SwitchBench

@Suite("Histogram of latencies")
struct HistogramTests {
  @Test("slots follow each other without a gap, and are at most a thirty-second of their value wide")
  func slots() {
    var next: UInt64 = 0
    for index in 0..<Int(BENCH_SLOTS) {
      let bounds = Histogram.bounds(of: index)
      #expect(bounds.lowerBound == next)
      #expect((bounds.upperBound - bounds.lowerBound) * 32 <= bounds.lowerBound)
      next = bounds.upperBound + 1
    }
  }

  @Test(
    "percentiles",
    arguments: [(0.0, 10.0), (0.5, 10), (0.9, 10), (0.91, 20), (0.99, 20), (0.991, 40), (1, 40)])
  func percentiles(part: Double, value: Double) {
    var slots = [UInt64](repeating: 0, count: Int(BENCH_SLOTS))
    slots[10] = 900
    slots[20] = 90
    // Values of one slot are the same to it up to 63.
    slots[40] = 10
    #expect(Histogram(slots: slots).percentile(part) == value)
  }

  @Test("nothing has no percentile")
  func nothing() {
    #expect(Histogram(slots: [0, 0]).percentile(0.5) == nil)
  }

  @Test("what was added since")
  func difference() {
    let now = Histogram(slots: [5, 7])
    #expect((now - Histogram(slots: [2, 7])).slots == [3, 0])
  }
}
