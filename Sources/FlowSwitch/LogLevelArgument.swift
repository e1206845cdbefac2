import ArgumentParser
import Logging

/// `--log-level`.
struct LogLevelArgument: ExpressibleByArgument {
  static let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")

  var level: Logger.Level

  init(level: Logger.Level) { self.level = level }

  init?(argument: String) {
    guard let level = Logger.Level(rawValue: argument) else { return nil }
    self.level = level
  }

  var defaultValueDescription: String { level.rawValue }
}
