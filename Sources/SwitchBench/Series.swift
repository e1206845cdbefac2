/// What one case was measured at, and the ceiling beside it, in turns.
struct Series: Codable {
  var `case`: String
  var measure: Measure
  /// Of the case, a value a run.
  var values: [Double] = []
  /// Of the ceiling, right before each.
  var ceiling: [Double] = []
  var value: Summary?
  /// Of `values` to `ceiling`, run by run.
  var ratio: Summary?

  init(_ name: String, _ measure: Measure) {
    self.case = name
    self.measure = measure
  }

  mutating func add(_ value: Double, beside ceiling: Double) {
    values.append(value)
    self.ceiling.append(ceiling)
    self.value = Summary(values)
    ratio = Summary(zip(values, self.ceiling).filter { $1 > 0 }.map { $0 / $1 })
  }
}
