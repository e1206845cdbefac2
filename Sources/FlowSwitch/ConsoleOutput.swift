/// Where a command writes: data and errors apart.
protocol ConsoleOutput: Sendable {
  /// Data, to standard output.
  func write(_ text: String) throws(ConsoleError)
  func write(_ bytes: [UInt8]) throws(ConsoleError)
  /// A line to standard error; what cannot be said there is lost.
  func writeError(_ line: String)
  /// Columns of the terminal that standard error is; nil: it is none.
  var errorWidth: Int? { get }
  /// A part of a line that is written over, to standard error.
  func writeProgress(_ text: String)
  /// Standard output is a terminal.
  var isTerminal: Bool { get }
  /// Asks whoever sits at the terminal; nil: nobody does.
  func ask(_ question: String) -> String?
  /// A variable of the environment.
  func environment(_ name: String) -> String?
  /// Returns when the operator wants the command to end (SIGINT, SIGTERM), or when the task is cancelled. From the
  /// call on these signals end the process no more.
  func interrupted() async
}

extension ConsoleOutput {
  func write(_ text: String) throws(ConsoleError) { try write(Array(text.utf8)) }
}
