import Synchronization

@testable import FlowSwitch

/// Takes what a command writes.
final class RecordingConsole: ConsoleOutput {
  private let state = Mutex((output: "", errors: "", progress: ""))
  let isTerminal: Bool
  let errorWidth: Int?
  let variables: [String: String]
  private let interruption = AsyncStream.makeStream(of: Void.self)
  /// What writing fails with.
  let failure: ConsoleError?
  /// What whoever sits there says; nil: nobody does.
  let answer: String?

  init(
    isTerminal: Bool = false, errorWidth: Int? = nil, variables: [String: String] = [:],
    failure: ConsoleError? = nil,
    answer: String? = nil
  ) {
    self.answer = answer
    self.isTerminal = isTerminal
    self.errorWidth = errorWidth
    self.variables = variables
    self.failure = failure
  }

  var output: String { state.withLock { $0.output } }
  var errors: String { state.withLock { $0.errors } }

  func write(_ bytes: [UInt8]) throws(ConsoleError) {
    if let failure { throw failure }
    state.withLock { $0.output += String(decoding: bytes, as: UTF8.self) }
  }

  /// What was written over.
  var progress: String { state.withLock { $0.progress } }
  func writeProgress(_ text: String) { state.withLock { $0.progress += text } }

  func writeError(_ line: String) { state.withLock { $0.errors += "\(line)\n" } }

  func ask(_ question: String) -> String? {
    guard let answer else { return nil }
    writeError(question)
    return answer
  }

  /// Ctrl-C.
  func interrupt() { interruption.1.finish() }

  func interrupted() async { for await _ in interruption.0 {} }

  func environment(_ name: String) -> String? { variables[name] }
}

/// Runs a command line in this process.
func flowswitch(_ arguments: String..., on console: RecordingConsole = RecordingConsole()) async -> (
  status: Int32, output: String, errors: String
) {
  await flowswitch(arguments, on: console)
}

func flowswitch(_ arguments: [String], on console: RecordingConsole = RecordingConsole()) async -> (
  status: Int32, output: String, errors: String
) {
  let status = await Console.$current.withValue(console) { await FlowSwitchCommand.execute(arguments) }
  return (status.rawValue, console.output, console.errors)
}
