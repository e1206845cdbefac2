import NIOPosix

/// Runs a program of the operator's once, apart from any probe: an event's hook, say.
public enum ProgramRun {
  /// Returns when it has ended; nil if with exit status 0, else why not. Killed with its whole process group at the
  /// timeout.
  /// - Parameter environment: all that it gets, beside PATH.
  public static func run(
    _ command: [String], environment: [String: String], timeout: Duration
  ) async -> String? {
    let variables = environment.map { "\($0.key)=\($0.value)" }
    let program = Program(
      command: command, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + variables, timeout: timeout)
    let outcome = try? await NIOThreadPool.singleton.runIfActive { program.run { false } }
    if case .failure(let text) = outcome ?? nil { return text }
    return nil
  }
}
