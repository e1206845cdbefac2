import ConfigurationFile
import Logging
import Management
import Planning
import SwitchModel

// Another configuration in the place of the one that runs.
extension SwitchHolder: ConfigurationOperations {
  func configurationText() -> [UInt8] { running.text }

  func plan(_ text: [UInt8]) async throws(ConfigurationRefusal) -> ConfigurationPlan {
    let end = ContinuousClock.now + .seconds(10)
    while isPlanning {
      guard ContinuousClock.now < end else { throw ConfigurationRefusal(.busy, "another plan is being made") }
      await SwitchHolder.pause(.milliseconds(10))
    }
    isPlanning = true
    defer { isPlanning = false }
    let next = try await loaded(text)
    planned = next
    Task { [weak self] in
      await SwitchHolder.pause(.seconds(60))
      await self?.forget(planned: text)
    }
    return await plan(for: next)
  }

  private func forget(planned text: [UInt8]) {
    if planned?.text == text { planned = nil }
  }

  /// Read before, or read now.
  private func loaded(_ text: [UInt8]) async throws(ConfigurationRefusal) -> LoadedConfiguration {
    let known = [planned, running].compactMap(\.self).first { $0.text == text }
    if let known { return known }
    if let previous, previous.text == text,
      let known = await previous.loaded(forSwitch: running.configuration.name)
    {
      return known
    }
    return try await SwitchHolder.load(text)
  }

  private func plan(for next: LoadedConfiguration) async -> ConfigurationPlan {
    let (version, members, routers) = (await version(), await members(), await routers())
    let former = running.configuration
    var snapshot = PlanSnapshot(datapath: version.datapath, members: members, routers: routers)
    snapshot.growth = await tableGrowth(for: next.configuration)
    // One after the other: the rows of all would be many.
    for cluster in ConfigurationPlanner.changedClusters(from: former, to: next.configuration) {
      let rows = (try? await buckets(cluster: cluster)) ?? []
      snapshot.buckets[cluster] = rows.sorted { $0.index < $1.index }.map(\.member)
    }
    return await SwitchHolder.plan(from: former, to: next.configuration, snapshot)
  }

  /// Not on the actor: with thousands of clusters it takes its time.
  private static func plan(
    from former: SwitchConfiguration, to next: SwitchConfiguration, _ snapshot: PlanSnapshot
  ) async -> ConfigurationPlan {
    ConfigurationPlanner(from: former, to: next, snapshot: snapshot).plan
  }

  func apply(
    _ text: [UInt8], confirmWithin: Duration?
  ) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    try await change { (holder) async throws(ConfigurationRefusal) in
      let cause = confirmWithin.map { "apply, to be confirmed within \($0.text)" } ?? "apply"
      return try await holder.replace(
        by: try await holder.loaded(text), confirmWithin: confirmWithin, cause: cause)
    }
  }

  func reload() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    try await reload(cause: "reload")
  }

  func reload(cause: String) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    try await change { (holder) async throws(ConfigurationRefusal) in
      let file = try await SwitchHolder.read(holder.source)
      return try await holder.replace(by: file, confirmWithin: nil, cause: cause)
    }
  }

  func confirm() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    try await change { (holder) async throws(ConfigurationRefusal) in try await holder.keep() }
  }

  private func keep() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    guard let open = unconfirmed else {
      throw ConfigurationRefusal(.notFound, "no configuration waits to be confirmed")
    }
    do {
      try store?.close()
    } catch {
      throw ConfigurationRefusal(.unavailable, "it cannot be noted that it is confirmed: \(error)")
    }
    open.timer?.cancel()
    unconfirmed = nil
    log.notice("the configuration is confirmed")
    return await outcome(changed: false)
  }

  func rollback() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    try await change { (holder) async throws(ConfigurationRefusal) in
      try await holder.takeBack(cause: "rollback")
    }
  }

  private func takeBack(
    cause: String, isForced: Bool = false
  ) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    let open = unconfirmed
    var kept = open?.former
    if kept == nil { kept = await previous?.loaded(forSwitch: running.configuration.name) }
    guard let former = kept else {
      throw ConfigurationRefusal(.notFound, "there is no former configuration")
    }
    open?.timer?.cancel()
    unconfirmed = nil
    do throws(ConfigurationRefusal) {
      return try await replace(by: former, confirmWithin: nil, cause: cause, isForced: isForced)
    } catch {
      // It is still for the operator to decide; a next start goes back.
      unconfirmed = open
      throw error
    }
  }

  // MARK: One at a time

  /// Does not end when whoever asked for it goes away: half a change is none.
  private func change(
    _ body:
      @escaping @Sendable (isolated SwitchHolder) async throws(ConfigurationRefusal) ->
      ConfigurationOutcome
  ) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    if isChanging { throw ConfigurationRefusal(.busy, "another change of the configuration is under way") }
    isChanging = true
    let work = Task { () -> Result<ConfigurationOutcome, ConfigurationRefusal> in
      do throws(ConfigurationRefusal) {
        return .success(try await body(self))
      } catch {
        return .failure(error)
      }
    }
    let result = await work.value
    isChanging = false
    return try result.get()
  }

  /// Not on the actor: a long one takes its time.
  private static func load(_ text: [UInt8]) async throws(ConfigurationRefusal) -> LoadedConfiguration {
    do throws(ConfigurationFaults) {
      return try LoadedConfiguration(text, name: "configuration")
    } catch {
      throw refusal(error, "the configuration")
    }
  }

  private static func read(_ path: String) async throws(ConfigurationRefusal) -> LoadedConfiguration {
    let file: ConfigurationFile
    do throws(ConfigurationFaults) {
      file = try ConfigurationFile(path: path)
    } catch {
      throw refusal(error, path)
    }
    if let hand = file.foreignHand, file.runsForeignPrograms {
      throw ConfigurationRefusal(
        .invalid, "\(path) names programs for the switch to run, and \(hand); nothing is changed")
    }
    return LoadedConfiguration(file)
  }

  private static func text(_ path: String) async -> [UInt8]? { ConfigurationFile.bytes(of: path) }

  private static func refusal(_ faults: ConfigurationFaults, _ name: String) -> ConfigurationRefusal {
    let count = faults.diagnostics.count { $0.severity == .error }
    return ConfigurationRefusal(
      .invalid, "\(name) has \(count) fault\(count == 1 ? "" : "s"); nothing is changed",
      faults: faults.diagnostics)
  }

  private func outcome(changed: Bool, _ notices: [CredentialNotice] = []) async -> ConfigurationOutcome {
    let startText = await SwitchHolder.text(source)
    var file: LoadedConfiguration?
    if let startText { file = try? await loaded(startText) }
    var outcome = ConfigurationOutcome(
      changed: changed, confirmWithinSeconds: unconfirmed.map { max(0, $0.until - environment.now()) },
      startFile: source, isStartFile: file?.configuration == running.configuration)
    for notice in notices {
      switch notice {
      case .loaded(let path, _): outcome.reread.append(path)
      case .rejected(_, let reason):
        outcome.warnings.append("\(reason); what was read before goes on to count")
      }
    }
    return outcome
  }

  // MARK: The change

  /// - Parameters:
  ///   - cause: for the event.
  ///   - isForced: even if its API cannot be had: then the present one stays.
  private func replace(
    by next: LoadedConfiguration, confirmWithin: Duration?, cause: String, isForced: Bool = false
  ) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    if unconfirmed != nil, next.configuration != running.configuration {
      throw ConfigurationRefusal(
        .busy, "a configuration waits to be confirmed; `flowswitch confirm` or `flowswitch rollback` first")
    }
    let former = running
    let refusals = ConfigurationPlanner.refusals(from: former.configuration, to: next.configuration)
    if !refusals.isEmpty {
      throw ConfigurationRefusal(
        .invalid, "this cannot change while the switch runs: \(refusals.joined(separator: "; "))")
    }
    // The switch itself has no part in where the API listens.
    var inner = next.configuration
    inner.api = former.configuration.api
    let isOuterOnly = inner == former.configuration
    do {
      if !isOuterOnly { try environment.check(next.configuration, former.configuration) }
    } catch {
      throw ConfigurationRefusal(.unavailable, "\(error); nothing is changed")
    }
    let api = try await prepareAPI(next, isForced: isForced)
    if next.configuration == former.configuration {
      // Its comments may be others.
      if unconfirmed == nil {
        running.text = next.text
        _ = keepRunning(previous: nil, openUntil: nil)
      }
      return await outcome(changed: false, await api.commit())
    }
    if isOuterOnly {
      running = next
    } else {
      do throws(ConfigurationRefusal) {
        try await swap(to: next)
      } catch {
        await api.abandon()
        throw error
      }
    }
    let notices = await api.commit()
    previous = FormerConfiguration(former)
    let open = confirmWithin.map { environment.now() + Int($0.components.seconds) }
    let unkept = keepRunning(previous: former.text, openUntil: open)
    if let unkept { log.error("\(unkept)") }
    if let confirmWithin, let open { wait(confirmWithin, until: open, for: former) }
    await instance.note(
      .applied(
        cause: cause,
        effect: ConfigurationPlanner.summary(from: former.configuration, to: next.configuration)))
    var result = await outcome(changed: true, notices)
    if let unkept { result.warnings.append(unkept) }
    return result
  }

  private func prepareAPI(
    _ next: LoadedConfiguration, isForced: Bool
  ) async throws(ConfigurationRefusal) -> NetworkDoor.Change {
    do {
      return try await environment.prepareAPI(next.configuration.api)
    } catch {
      guard isForced else { throw ConfigurationRefusal(.unavailable, "\(error); nothing is changed") }
      log.error("\(error); the API stays as it is")
      return NetworkDoor.Change()
    }
  }

  /// After the start: what runs is kept, and goes on waiting to be confirmed if it did.
  func begin(_ choice: StartChoice, now: Int) {
    if let unkept = keepRunning(previous: previous?.text, openUntil: choice.openUntil) {
      log.warning("\(unkept)")
    }
    do {
      try store?.saveSource(source)
    } catch {
      log.warning("\(store?.folder ?? ""): \(error): without its configuration file the next start has none")
    }
    if let until = choice.openUntil, let former = choice.former {
      wait(.seconds(max(0, until - now)), until: until, for: former)
    }
  }

  /// Takes what runs back after a while, unless it is confirmed.
  func wait(_ duration: Duration, until: Int, for former: LoadedConfiguration) {
    let timer = Task { [weak self] in
      guard (try? await Task.sleep(for: duration)) != nil else { return }
      await self?.runOut()
    }
    unconfirmed = Unconfirmed(former: former, until: until, timer: timer)
  }

  private func runOut() async {
    // One that confirms at this moment wins.
    while isChanging { await SwitchHolder.pause(.milliseconds(10)) }
    guard unconfirmed != nil, !Task.isCancelled else { return }
    log.warning("the configuration was not confirmed in time: the former one comes back")
    do {
      _ = try await change { (holder) async throws(ConfigurationRefusal) in
        try await holder.takeBack(cause: "the last one was not confirmed in time", isForced: true)
      }
    } catch {
      log.error("the former configuration could not come back: \(error.message)")
    }
  }

  /// One switch ends, the other starts; if that fails, the first one again.
  private func swap(to next: LoadedConfiguration) async throws(ConfigurationRefusal) {
    environment.onChange(true)
    isSwapping = true
    let pulse = pulse()
    defer {
      isSwapping = false
      pulse.cancel()
      environment.onChange(false)
    }
    try await quiet()
    await stopLoop()
    await instance.handOver()
    do {
      instance = try await environment.start(next.configuration, instance)
      running = next
      startLoop()
      return
    } catch {
      log.error("the new configuration does not start: \(error); the former one goes on")
      try await restart(because: "\(error)")
    }
  }

  /// No question is at the switch any more.
  private func quiet() async throws(ConfigurationRefusal) {
    for watch in watches.values { watch.cancel() }
    watches = [:]
    let end = ContinuousClock.now + .seconds(10)
    while calls > 0 {
      guard ContinuousClock.now < end else {
        throw ConfigurationRefusal(.busy, "the switch is busy with other commands; nothing is changed")
      }
      await SwitchHolder.pause(.milliseconds(5))
    }
  }

  private func restart(because reason: String) async throws(ConfigurationRefusal) {
    var last = ""
    for _ in 0..<5 {
      do {
        instance = try await environment.start(running.configuration, instance)
        startLoop()
        await instance.note(.applyFailed(reason: reason))
        throw ConfigurationRefusal(.unavailable, "\(reason); the former configuration is in effect again")
      } catch let refusal as ConfigurationRefusal {
        throw refusal
      } catch {
        last = "\(error)"
        await SwitchHolder.pause(.milliseconds(200))
      }
    }
    fail("neither the new configuration (\(reason)) nor the former one (\(last)) starts: the daemon ends")
    throw ConfigurationRefusal(
      .unavailable, "\(reason), and the former configuration does not start: \(last)")
  }
}
