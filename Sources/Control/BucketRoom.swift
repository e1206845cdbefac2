/// Which of the datapath's buckets are free: the first gap that is wide enough is taken.
struct BucketRoom {
  /// In order, apart from each other by one at least, so that thousands of clusters side by side are one.
  private var taken: [Range<Int>] = []

  /// - Parameter extents: may be there twice, and overlap.
  init(_ extents: some Sequence<InstanceState.Extent>) {
    let ranges = extents.map { $0.first..<$0.first + max($0.count, 0) }
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = taken.last, last.upperBound >= range.lowerBound {
        taken[taken.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        taken.append(range)
      }
    }
  }

  /// - Returns: the first of so many buckets.
  mutating func take(_ count: Int) -> Int {
    var (first, i) = (0, 0)
    while i < taken.count, taken[i].lowerBound - first < count {
      first = taken[i].upperBound
      i += 1
    }
    var range = first..<first + count
    if i < taken.count, taken[i].lowerBound == range.upperBound {
      range = first..<taken.remove(at: i).upperBound
    }
    if i > 0, taken[i - 1].upperBound == first {
      taken[i - 1] = taken[i - 1].lowerBound..<range.upperBound
    } else {
      taken.insert(range, at: i)
    }
    return first
  }
}
