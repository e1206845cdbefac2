/// A member that keeps its place, and which of its buckets it gives: `excess` of `held`, evenly spaced.
struct Donor {
  let held: Int
  let excess: Int
  var seen = 0

  init(held: Int, excess: Int) {
    self.held = held
    self.excess = excess
  }

  mutating func givesNext() -> Bool {
    defer { seen += 1 }
    return held > 0 && (seen + 1) * excess / held > seen * excess / held
  }
}
