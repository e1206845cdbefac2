/// Median and spread of some runs.
struct Summary: Codable, Equatable {
  var median: Double
  var min: Double
  var max: Double

  /// Nil: there are none. Of an even number the median is the mean of the two in the middle.
  init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    min = first
    max = last
  }
}
