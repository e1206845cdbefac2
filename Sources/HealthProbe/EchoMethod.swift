/// `icmp`: an echo request, whose reply must come from the target.
final class EchoMethod: ProbeMethod {
  private let target: ProbeTarget
  private let sockets: EchoSockets

  init(_ job: ProbeJob, _ sockets: EchoSockets) {
    target = job.target
    self.sockets = sockets
  }

  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt {
    let tag = sockets.nextTag()
    let attempt = EchoAttempt(tag: tag, completion)
    do {
      let socket = try sockets.socket(SocketSettings(target))
      try socket.send(tag: tag, to: target.address, mark: target.mark, attempt)
      attempt.socket = socket
    } catch {
      attempt.finish(.failure(FailureText.of(error)))
    }
    return attempt
  }
}

final class EchoAttempt: ProbeAttempt {
  fileprivate weak var socket: EchoSocket?
  private let tag: UInt32
  private var completion: ProbeCompletion?

  init(tag: UInt32, _ completion: @escaping ProbeCompletion) {
    self.tag = tag
    self.completion = completion
  }

  func answered() { finish(.success) }

  func finish(_ outcome: ProbeOutcome) {
    let completion = completion
    self.completion = nil
    completion?(outcome)
  }

  func cancel() {
    completion = nil
    socket?.forget(tag: tag)
  }
}
