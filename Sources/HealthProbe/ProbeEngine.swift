import Logging
import NIOCore
import NIOPosix
import ProxyARP
import SwitchModel

/// The runner's inner part, on its event loop alone: schedules, deadlines and machines.
///
/// ```
///              due                       result, or deadline
///   waiting ─────────▶ probing ────────────────────────────────▶ waiting
///                                 next = due + interval + jitter
/// ```
final class ProbeEngine {
  let loop: any EventLoop
  private let board: ProbeBoard
  private let settings: ProbeRunner.Settings
  private let desk: NeighbourDesk
  private let echoes: EchoSockets
  private let connector: Connector
  private let contexts = TLSContexts()
  private let programs: ProgramRunner
  private var random: RandomSource
  private var jobs: [Int: ActiveJob] = [:]
  private var linkStates: [Int: Bool] = [:]

  init(
    _ loop: any EventLoop, _ board: ProbeBoard, _ settings: ProbeRunner.Settings, _ programs: ProgramRunner
  ) {
    self.loop = loop
    self.board = board
    self.settings = settings
    self.programs = programs
    random = RandomSource(seed: settings.seed)
    desk = NeighbourDesk(settings.sendFrame)
    connector = Connector(loop)
    echoes = EchoSockets(loop, seed: random.next())
  }

  // MARK: Jobs

  func configure(_ wanted: [ProbeJob]) {
    let ids = Set(wanted.map(\.id))
    for (id, active) in jobs where !ids.contains(id) {
      active.stop()
      jobs[id] = nil
      board.remove(id)
    }
    contexts.forget()
    var fresh: [ActiveJob] = []
    for job in wanted where jobs[job.id]?.job != job {
      let before = jobs[job.id]
      before?.stop()
      let active = activate(job, before)
      jobs[job.id] = active
      if before == nil || before?.job.target.name != job.target.name
        || before?.job.configuration.kind != job.configuration.kind
      {
        board.add(
          ProbeStatus(
            id: job.id, target: job.target.name, kind: job.configuration.kind, state: active.machine.state,
            changedAt: settings.now()))
      }
      fresh.append(active)
    }
    for (place, active) in fresh.enumerated() { schedule(first: active, place, of: fresh.count) }
  }

  private func activate(_ job: ProbeJob, _ before: ActiveJob?) -> ActiveJob {
    let wanted = job.configuration
    // A carrier is there or not: nothing has to be repeated.
    let isLink = wanted.kind == .link
    var machine = HealthMachine(
      rise: isLink ? 1 : wanted.rise, fall: isLink ? 1 : wanted.fall, damping: wanted.damping)
    if let before {
      // The same target asked in another way: what is known of it stays known.
      let isSame = before.job.target.name == job.target.name
      if isSame {
        machine = HealthMachine(
          rise: isLink ? 1 : wanted.rise, fall: isLink ? 1 : wanted.fall, damping: wanted.damping,
          adopting: before.machine.state, at: settings.now())
      }
    }
    do {
      return ActiveJob(job, machine, try method(of: job), obstacle: nil, self)
    } catch {
      return ActiveJob(job, machine, nil, obstacle: FailureText.of(error), self)
    }
  }

  private func method(of job: ProbeJob) throws -> (any ProbeMethod)? {
    switch job.configuration.kind {
    case .arp, .nd: NeighbourMethod(job, desk)
    case .icmp: EchoMethod(job, echoes)
    case .tcp: TCPMethod(job, loop, connector)
    case .udp: DatagramMethod.udp(job, loop)
    case .dns: try DatagramMethod.dns(job, loop, seed: random.next())
    case .http, .https: HTTPMethod(job, loop, connector, contexts)
    case .exec: try ProgramMethod(job, loop, programs)
    case .link: nil
    }
  }

  func adopt(_ states: [Int: HealthState]) {
    for (id, state) in states {
      guard let active = jobs[id], active.machine.state == .unknown, state != .unknown else { continue }
      let wanted = active.job.configuration
      let isLink = wanted.kind == .link
      active.machine = HealthMachine(
        rise: isLink ? 1 : wanted.rise, fall: isLink ? 1 : wanted.fall, damping: wanted.damping,
        adopting: state, at: settings.now())
      board.update(id) { $0.state = active.machine.state }
      watch(active)
    }
  }

  func stop() {
    for active in jobs.values { active.stop() }
    jobs = [:]
    echoes.closeAll()
    connector.stop()
  }

  // MARK: What comes in

  func received(_ message: AddressMessage, on port: Int?) { desk.received(message, on: port) }

  func link(_ id: Int, up: Bool) {
    guard let active = jobs[id], active.job.configuration.kind == .link else { return }
    conclude(active, up ? .success : .failure("link down"), latency: nil)
  }

  // MARK: The schedule

  private func schedule(first active: ActiveJob, _ place: Int, of count: Int) {
    guard active.job.configuration.kind != .link else { return }
    // Spread over the interval, in the order given, so that they do not all begin at once.
    let interval = active.job.configuration.interval.nanosecondCount
    let delay = count > 1 ? Int64(Double(interval) * Double(place) / Double(count)) : 0
    wait(active, until: .now() + .nanoseconds(max(delay, 0)))
  }

  private func wait(_ active: ActiveJob, until due: NIODeadline) {
    active.due = due
    active.setAlarm(at: onGrid(due, active.job.configuration.interval), loop)
  }

  /// Probes begin on a grid of a fiftieth of their interval, 20 ms at the most: those of one moment are sent, heard and
  /// reported with one wake-up of each thread that they pass, which is most of what a probe costs. What is due stays
  /// exact, so an interval does not drift.
  private func onGrid(_ due: NIODeadline, _ interval: Duration) -> NIODeadline {
    let step = UInt64(min(max(interval.nanosecondCount / 50, 1), 20_000_000))
    let time = due.uptimeNanoseconds
    return .uptimeNanoseconds((time + step - 1) / step * step)
  }

  /// The probe's time is over, or the next one's has come.
  func alarm(_ active: ActiveJob) {
    guard let attempt = active.attempt else {
      begin(active)
      return
    }
    attempt.cancel()
    active.attempt = nil
    let limit = active.job.configuration.timeout.text
    finish(active, .failure("no \(attempt.awaited) within \(limit)"))
  }

  private func begin(_ active: ActiveJob) {
    active.began = .now()
    guard let method = active.method else {
      finish(active, .failure(active.obstacle ?? "cannot be made"))
      return
    }
    // What fails before it has begun is told when it has.
    var isBeginning = true
    var early: ProbeOutcome?
    let attempt = method.begin { [weak self, weak active] outcome in
      if isBeginning {
        early = outcome
        return
      }
      guard let self, let active, active.attempt != nil else { return }
      active.cancelAlarm()
      active.attempt = nil
      finish(active, outcome)
    }
    isBeginning = false
    if let early {
      finish(active, early)
      return
    }
    active.attempt = attempt
    if !method.keepsTime {
      active.setAlarm(at: active.began + .nanoseconds(active.job.configuration.timeout.nanosecondCount), loop)
    }
  }

  private func finish(_ active: ActiveJob, _ outcome: ProbeOutcome) {
    let now = NIODeadline.now()
    conclude(active, outcome, latency: .nanoseconds((now - active.began).nanoseconds))
    // The report may have led to a new configuration, but never before this returns: it comes by the event loop.
    let wanted = active.job.configuration
    let interval = active.machine.isFailing ? wanted.fastInterval ?? wanted.interval : wanted.interval
    let next =
      active.due + .nanoseconds(max(interval.nanosecondCount, 1_000_000))
      + .nanoseconds(random.duration(below: wanted.jitter).nanosecondCount)
    // One that is late, by a machine that slept or a queue, begins anew from now.
    wait(active, until: next < now ? now : next)
  }

  private func conclude(_ active: ActiveJob, _ outcome: ProbeOutcome, latency: Duration?) {
    let now = settings.now()
    let change = active.machine.result(outcome.isSuccess, at: now)
    board.update(active.job.id) { status in
      status.lastResult = outcome.text
      if outcome.isSuccess {
        status.successes += 1
        status.latency = latency
      } else {
        status.failures += 1
      }
      status.note(change)
    }
    if change != nil { watch(active) }
    report(active, outcome, latency, change)
  }

  private func report(
    _ active: ActiveJob, _ outcome: ProbeOutcome, _ latency: Duration?, _ change: HealthChange?
  ) {
    guard change != nil || settings.reportsEverything else { return }
    settings.onReport(
      ProbeReport(
        id: active.job.id, target: active.job.target.name, outcome: outcome, latency: latency, change: change)
    )
  }

  /// Wakes up when a damping ends.
  private func watch(_ active: ActiveJob) {
    active.release?.cancel()
    active.release = nil
    guard let deadline = active.machine.deadline else { return }
    let delay = max((deadline - settings.now()).nanosecondCount, 0)
    active.release = loop.assumeIsolated().scheduleTask(in: .nanoseconds(delay)) {
      [weak self, weak active] in
      guard let self, let active, active.release != nil else { return }
      active.release = nil
      if let change = active.machine.tick(at: settings.now()) {
        board.update(active.job.id) { $0.note(change) }
        report(active, change.to.isFailed ? .failure("failed while it was damped") : .success, nil, change)
      }
      watch(active)
    }
  }
}

extension ProbeStatus {
  fileprivate mutating func note(_ change: HealthChange?) {
    guard let change else { return }
    state = change.to
    changedAt = change.at
  }
}
