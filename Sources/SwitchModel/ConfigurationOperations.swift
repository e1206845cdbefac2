/// What the running daemon offers to who changes its configuration. All or nothing, one at a time: a second change
/// meanwhile is `busy`. Configurations are texts in YAML.
public protocol ConfigurationOperations: Sendable {
  /// What runs.
  func configurationText() async -> [UInt8]
  /// What it would do.
  func plan(_ text: [UInt8]) async throws(ConfigurationRefusal) -> ConfigurationPlan
  /// Does it. With `confirmWithin` the former one comes back by itself after that time, unless `confirm` was called.
  func apply(
    _ text: [UInt8], confirmWithin: Duration?
  ) async throws(ConfigurationRefusal) -> ConfigurationOutcome
  /// Keeps what was applied.
  func confirm() async throws(ConfigurationRefusal) -> ConfigurationOutcome
  /// The former configuration again.
  func rollback() async throws(ConfigurationRefusal) -> ConfigurationOutcome
  /// The file that the daemon was started with.
  func reload() async throws(ConfigurationRefusal) -> ConfigurationOutcome
}

/// What came of a change.
public struct ConfigurationOutcome: Codable, Hashable, Sendable {
  /// False: it ran already.
  public var changed: Bool
  /// Seconds until the former one comes back; nil: it stays.
  public var confirm_within_seconds: Int?
  /// The file that the daemon was started with, and will read when it starts again.
  public var start_file: String
  /// That file holds what runs now.
  public var is_start_file: Bool
  /// Files of the API (certificate, tokens) that had changed and were read again.
  public var reread: [String]
  /// What is not as it should be, although the configuration is in effect.
  public var warnings: [String]

  public init(
    changed: Bool, confirmWithinSeconds: Int?, startFile: String, isStartFile: Bool, reread: [String] = [],
    warnings: [String] = []
  ) {
    self.changed = changed
    confirm_within_seconds = confirmWithinSeconds
    start_file = startFile
    is_start_file = isStartFile
    self.reread = reread
    self.warnings = warnings
  }

  /// Every key is there.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(changed, forKey: .changed)
    try values.encode(confirm_within_seconds, forKey: .confirm_within_seconds)
    try values.encode(start_file, forKey: .start_file)
    try values.encode(is_start_file, forKey: .is_start_file)
    try values.encode(reread, forKey: .reread)
    try values.encode(warnings, forKey: .warnings)
  }
}

/// Why a configuration is not taken. Nothing was changed, or all was put back.
public struct ConfigurationRefusal: Error, Hashable, Sendable {
  public var error: OperationError
  /// What is wrong in the text; empty where it is fine.
  public var faults: [Diagnostic]

  public init(_ code: OperationError.Code, _ message: String, faults: [Diagnostic] = []) {
    error = OperationError(code, message)
    self.faults = faults
  }

  public var message: String { error.message }
}
