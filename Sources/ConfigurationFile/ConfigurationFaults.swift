public import SwitchModel

/// Everything that is wrong with a file, in the order of the file; at least one error, perhaps warnings among them.
public struct ConfigurationFaults: Error, Sendable {
  public let diagnostics: [Diagnostic]
}

extension ConfigurationFaults: CustomStringConvertible {
  /// A line a diagnostic.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
