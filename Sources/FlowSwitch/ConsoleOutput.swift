/// Where a command writes: data and errors apart.
protocol ConsoleOutput: Sendable {
  /// Data, to standard output.
  func write(_ text: String) throws(ConsoleError)
  func write(_ bytes: [UInt8]) throws(ConsoleError)
  /// A line to standard error; what cannot be said there is lost.
  func writeError(_ line: String)
  /// Standard output is a terminal.
  var isTerminal: Bool { get }
  /// A variable of the environment.
  func environment(_ name: String) -> String?
}

extension ConsoleOutput {
  func write(_ text: String) throws(ConsoleError) { try write(Array(text.utf8)) }
}
