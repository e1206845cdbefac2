/// Why the bench, or one of its cases, cannot go on.
struct BenchError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
