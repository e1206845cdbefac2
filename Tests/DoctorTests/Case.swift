import SwitchModel
import Testing

/// A machine with one thing that is not as it should be, and what the doctor says of it.
struct Case: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var datapath = DatapathChoice.auto
  var change: @Sendable (inout FakeMachine) -> Void
  /// `level check subject`.
  var expected: String
  /// A piece of the mending command; empty: there is none.
  var mend = ""

  init(
    _ name: String, _ datapath: DatapathChoice, _ expected: String, mend: String = "",
    _ change: @escaping @Sendable (inout FakeMachine) -> Void
  ) {
    testDescription = name
    self.datapath = datapath
    self.expected = expected
    self.mend = mend
    self.change = change
  }

  init(
    _ name: String, _ expected: String, mend: String = "",
    _ change: @escaping @Sendable (inout FakeMachine) -> Void
  ) {
    self.init(name, .auto, expected, mend: mend, change)
  }
}
