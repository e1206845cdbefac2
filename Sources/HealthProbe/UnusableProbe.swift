/// A probe cannot be made as it is configured.
struct UnusableProbe: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
