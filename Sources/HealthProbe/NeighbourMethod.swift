/// `arp` and `nd`: control sends the question, and hands over what comes in.
final class NeighbourMethod: ProbeMethod {
  private let job: ProbeJob
  private unowned let desk: NeighbourDesk

  init(_ job: ProbeJob, _ desk: NeighbourDesk) {
    self.job = job
    self.desk = desk
  }

  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt {
    let attempt = NeighbourAttempt(job.target, desk, completion)
    desk.expect(attempt, of: job)
    return attempt
  }
}

final class NeighbourAttempt: ProbeAttempt {
  let target: ProbeTarget
  private weak var desk: NeighbourDesk?
  private var completion: ProbeCompletion?

  init(_ target: ProbeTarget, _ desk: NeighbourDesk, _ completion: @escaping ProbeCompletion) {
    self.target = target
    self.desk = desk
    self.completion = completion
  }

  func finish(_ outcome: ProbeOutcome) {
    desk?.forget(self)
    let completion = completion
    self.completion = nil
    completion?(outcome)
  }

  func cancel() {
    completion = nil
    desk?.forget(self)
  }
}
