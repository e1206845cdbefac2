/// The kernel's lists of CPUs: `0-3,8` (cpuset(7), list format).
struct CPUList: Equatable {
  private(set) var numbers: Set<Int> = []

  /// What is malformed in it is left out.
  init(_ text: String) {
    for piece in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = piece.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, 0 <= first,
        first <= last, last < 65536
      else { continue }
      numbers.formUnion(first...last)
    }
  }

  var count: Int { numbers.count }
}
