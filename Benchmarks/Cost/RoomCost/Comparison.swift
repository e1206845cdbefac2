/// Costs beside their thresholds.
struct Comparison {
  /// In percent; in both directions, so that what became cheaper gets a new threshold.
  static let tolerance = 5

  let thresholds: [String: Int]
  let costs: [String: Int]

  /// A line each.
  var faults: [String] {
    Set(thresholds.keys).union(costs.keys).sorted().compactMap { name in
      guard let cost = costs[name] else { return "\(name): has a threshold and is no scene" }
      guard let threshold = thresholds[name] else {
        return "\(name): \(cost) instructions, without a threshold"
      }
      let change = 100 * (Double(cost) / Double(max(threshold, 1)) - 1)
      if change.magnitude <= Double(Self.tolerance) { return nil }
      let words = change > 0 ? "more" : "less: write new thresholds"
      return
        "\(name): \(cost) instructions, threshold \(threshold): \(Int(change.magnitude.rounded())) % \(words)"
    }
  }
}
