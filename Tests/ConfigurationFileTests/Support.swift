import SwitchModel
import Testing

@testable import ConfigurationFile

/// The diagnostics of a text as the operator sees them; the file is called `t.yaml`.
func diagnostics(_ text: String) -> [String] { diagnostics(Array(text.utf8)) }

func diagnostics(_ bytes: [UInt8]) -> [String] {
  do {
    return try ConfigurationFile(bytes: bytes, file: "t.yaml").diagnostics.map(\.description)
  } catch {
    return error.diagnostics.map(\.description)
  }
}

/// A fine head of six lines, for tests that are about clusters; their text begins on line 7.
let head = """
  switch: {name: fs1, address: 10.50.0.254/24}
  ports:
    - {name: r1, role: router}
    - {name: p1, role: server}
    - {name: p2, role: server}
  clusters:

  """

/// A text and what must be said about it, without the name of the file.
struct FaultCase: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String
  var expected: [String]

  init(_ name: String, _ text: String, _ expected: String...) {
    self.name = name
    self.text = text
    self.expected = expected.map { "t.yaml:\($0)" }
  }

  var testDescription: String { name }
}
