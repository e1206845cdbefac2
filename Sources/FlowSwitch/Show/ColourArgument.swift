import ArgumentParser

/// `--color`.
enum ColourArgument: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// https://no-color.org: NO_COLOR, if it is not empty, speaks where the command line does not.
  func applies(to console: any ConsoleOutput) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: console.isTerminal && (console.environment("NO_COLOR") ?? "").isEmpty
    }
  }
}
