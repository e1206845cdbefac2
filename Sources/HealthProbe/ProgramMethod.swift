import Glibc
import NIOCore
import SwitchModel

/// `exec`: an operator's program. It succeeds if its exit status is 0.
final class ProgramMethod: ProbeMethod {
  private let program: Program
  private let loop: any EventLoop
  private let runner: ProgramRunner

  let keepsTime = true

  init(_ job: ProbeJob, _ loop: any EventLoop, _ runner: ProgramRunner) throws {
    guard job.configuration.command.first?.isEmpty == false else { throw UnusableProbe("no command") }
    program = Program(
      command: job.configuration.command, environment: Self.environment(of: job.target),
      timeout: job.configuration.timeout)
    self.loop = loop
    self.runner = runner
  }

  /// What the program is told; nothing of the daemon's own environment but where programs are.
  private static func environment(of target: ProbeTarget) -> [String] {
    var variables = target.environment
    variables["PATH"] = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    variables["FLOWSWITCH_TARGET"] = target.name
    variables["FLOWSWITCH_ADDRESS"] = "\(target.address)"
    variables["FLOWSWITCH_MARK"] = String(target.mark)
    if let source = target.source { variables["FLOWSWITCH_SOURCE"] = "\(source)" }
    if let interface = target.interface { variables["FLOWSWITCH_INTERFACE"] = interface }
    if let mac = target.mac { variables["FLOWSWITCH_MAC"] = "\(mac)" }
    return variables.map { "\($0.key)=\($0.value)" }.sorted()
  }

  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt {
    let attempt = ProgramAttempt(completion)
    let bound = NIOLoopBound(attempt, eventLoop: loop)
    let loop = loop
    runner.run(program, attempt.flag) { outcome in
      loop.execute { bound.value.finish(outcome) }
    }
    return attempt
  }
}

final class ProgramAttempt: ProbeAttempt {
  let flag = CancelFlag()
  private var completion: ProbeCompletion?

  init(_ completion: @escaping ProbeCompletion) { self.completion = completion }

  func finish(_ outcome: ProbeOutcome) {
    let completion = completion
    self.completion = nil
    completion?(outcome)
  }

  func cancel() {
    completion = nil
    flag.set()
  }
}
