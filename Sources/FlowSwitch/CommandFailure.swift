/// Ends a command with a status and a line on standard error.
struct CommandFailure: Error {
  var status: ExitStatus
  /// Empty where everything has been said.
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
