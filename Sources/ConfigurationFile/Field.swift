/// A value that was read, and where: later checks point at it.
struct Field<Value> {
  var value: Value
  var position: SourcePosition
  var path: String
}

extension Field: Sendable where Value: Sendable {}
