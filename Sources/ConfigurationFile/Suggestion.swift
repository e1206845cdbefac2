/// The choice that a slip of the finger is nearest to, or nil if none is near.
func suggestion(for text: String, among choices: [String]) -> String? {
  let wanted = Array(text.lowercased().replacing("_", with: "-").unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= 40 else { return nil }
  var best: (choice: String, distance: Int)?
  for choice in choices where choice != text && choice.unicodeScalars.count <= 40 {
    let distance = editDistance(wanted, Array(choice.lowercased().unicodeScalars))
    guard distance <= max(1, wanted.count / 3), distance < wanted.count else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (choice, distance) }
  }
  return best?.choice
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance).
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var previous: [Int] = []
  var current = Array(0...b.count)
  var beforePrevious: [Int] = []
  for (i, x) in a.enumerated() {
    beforePrevious = previous
    previous = current
    current[0] = i + 1
    for (j, y) in b.enumerated() {
      var cost = min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, beforePrevious[j - 1] + 1) }
      current[j + 1] = cost
    }
  }
  return current[b.count]
}
