import Management
import SwitchModel

// What is passed on to the switch of the moment.
extension SwitchHolder: SwitchOperations {
  /// The switch, once one is there. Nil: none came in time.
  private func present() async -> (any SwitchInstance)? {
    let end = ContinuousClock.now + SwitchHolder.patience
    while isSwapping {
      if hasFailed || ContinuousClock.now > end { return nil }
      await SwitchHolder.pause(.milliseconds(10))
    }
    return hasFailed ? nil : instance
  }

  private func ask<Answer: Sendable>(
    else nothing: Answer, _ question: (any SwitchInstance) async -> Answer
  ) async -> Answer {
    guard let instance = await present() else { return nothing }
    calls += 1
    defer { calls -= 1 }
    return await question(instance)
  }

  private func ask<Answer: Sendable>(
    _ question: (any SwitchInstance) async throws(OperationError) -> Answer
  ) async throws(OperationError) -> Answer {
    guard let instance = await present() else { throw SwitchHolder.absent }
    calls += 1
    defer { calls -= 1 }
    return try await question(instance)
  }

  private static let absent = OperationError(.unavailable, "another configuration is being applied")

  /// What became of files of the API.
  func note(_ notice: CredentialNotice) async {
    let note: OperatorNote =
      switch notice {
      case .loaded(let path, let effect): .credentialsLoaded(path: path, effect: effect)
      case .rejected(let path, let reason): .credentialsRejected(path: path, reason: reason)
      }
    await ask(else: ()) { await $0.note(note) }
  }

  func tableGrowth(for next: SwitchConfiguration) async -> [PlannedGrowth] {
    await ask(else: []) { await $0.tableGrowth(for: next) }
  }

  func version() async -> VersionRow {
    let last = lastVersion
    if let instance = await present() {
      calls += 1
      defer { calls -= 1 }
      let row = await instance.version()
      lastVersion = row
      return row
    }
    return last
      ?? VersionRow(
        version: FlowSwitchVersion.current, name: running.configuration.name, pid: 0, datapath: "",
        datapath_reason: "", kernel: "", started_at: "", adopted: false)
  }

  func ports() async -> [PortRow] { await ask(else: []) { await $0.ports() } }
  func clusters() async -> [ClusterRow] { await ask(else: []) { await $0.clusters() } }
  func members() async -> [MemberRow] { await ask(else: []) { await $0.members() } }
  func stations() async -> [StationRow] { await ask(else: []) { await $0.stations() } }
  func arp() async -> [ARPRow] { await ask(else: []) { await $0.arp() } }
  func drops() async -> [DropRow] { await ask(else: []) { await $0.drops() } }
  func routers() async -> [RouterRow] { await ask(else: []) { await $0.routers() } }
  func probes() async -> [ProbeRow] { await ask(else: []) { await $0.probes() } }
  func events(after: UInt64?) async -> [EventRow] { await ask(else: []) { await $0.events(after: after) } }
  func totals() async -> SwitchTotals { await ask(else: SwitchTotals()) { await $0.totals() } }

  func buckets(cluster: String?) async throws(OperationError) -> [BucketRow] {
    try await ask { (instance) async throws(OperationError) in try await instance.buckets(cluster: cluster) }
  }

  func explain(_ question: ExplainQuestion) async throws(OperationError) -> Explanation {
    try await ask { (instance) async throws(OperationError) in try await instance.explain(question) }
  }

  func setAdminState(_ state: AdminState, of member: String) async throws(OperationError) {
    try await ask { (instance) async throws(OperationError) in
      try await instance.setAdminState(state, of: member)
    }
  }

  /// Ends early, with a refusal, when the switch goes meanwhile.
  func flows(for duration: Duration) async throws(OperationError) -> [FlowRow] {
    try await ask { (instance) async throws(OperationError) in
      let watch = Task { () -> Result<[FlowRow], OperationError> in
        do throws(OperationError) {
          return .success(try await instance.flows(for: duration))
        } catch {
          return .failure(error)
        }
      }
      let number = nextWatch
      nextWatch += 1
      watches[number] = watch
      let result = await withTaskCancellationHandler {
        await watch.value
      } onCancel: {
        watch.cancel()
      }
      guard watches.removeValue(forKey: number) != nil else { throw SwitchHolder.absent }
      return try result.get()
    }
  }

  /// Goes on with the next switch when another configuration is applied: that is when somebody wants to see.
  func capture(_ request: CaptureRequest) async throws(OperationError) -> AsyncStream<CaptureBatch> {
    let capture = try await ask { (instance) async throws(OperationError) in
      HeldCapture(request, try await instance.capture(request), generation: generation)
    }
    return AsyncStream(unfolding: { [weak self] in await self?.next(of: capture) })
  }

  /// Nil: nothing comes any more.
  private func next(of capture: HeldCapture) async -> CaptureBatch? {
    while true {
      let (stream, former) = capture.source
      for await batch in stream { return capture.pass(batch) }
      guard let rest = capture.rest, !Task.isCancelled, isSwapping || generation != former,
        let next = await present(), generation != former
      else { return nil }
      let now = generation
      guard let stream = try? await next.capture(rest) else { return nil }
      capture.goOn(with: stream, generation: now)
    }
  }

  /// Those of one switch after the other.
  func followEvents() async -> AsyncStream<EventRow> {
    let (stream, output) = AsyncStream.makeStream(of: EventRow.self, bufferingPolicy: .bufferingNewest(1024))
    // From now on, not from when the task runs.
    guard let first = await present() else {
      output.finish()
      return stream
    }
    let of = generation
    let live = await first.followEvents()
    let begin = await first.events(after: nil).last?.number ?? 0
    let task = Task { [weak self] in
      var (last, current) = (max(await SwitchHolder.pass(live, to: output, after: 0), begin), of)
      while !Task.isCancelled, let next = await self?.eventsOfNext(generation: current, after: last) {
        for row in next.missed where row.number > last {
          output.yield(row)
          last = row.number
        }
        last = await SwitchHolder.pass(next.live, to: output, after: last)
        current = next.generation
      }
      output.finish()
    }
    output.onTermination = { _ in task.cancel() }
    return stream
  }

  private static func pass(
    _ rows: AsyncStream<EventRow>, to output: AsyncStream<EventRow>.Continuation, after number: UInt64
  ) async -> UInt64 {
    var last = number
    for await row in rows where row.number > last {
      output.yield(row)
      last = row.number
    }
    return last
  }

  /// When a switch's events end: those of the one in its place. Nil: none comes.
  private func eventsOfNext(generation former: Int, after number: UInt64) async -> (
    generation: Int, missed: [EventRow], live: AsyncStream<EventRow>
  )? {
    guard isSwapping || generation != former, let next = await present(), generation != former else {
      return nil
    }
    let now = generation
    let live = await next.followEvents()
    return (now, await next.events(after: number), live)
  }
}
