import Datapath
import Foundation
import Glibc
import HealthProbe
public import LinuxPlatform
public import Logging
public import SwitchModel
import Wire

extension SwitchControl {
  /// Brings the switch up: when it returns, the datapath forwards on every port that is there.
  /// - Parameter former: the switch of this process that handed over, if one did.
  public static func start(
    _ configuration: SwitchConfiguration, paths: SwitchPaths, version: String, log: Logger,
    after former: SwitchControl? = nil, time: any TimeSource = SystemTimeSource()
  ) async throws(ControlError) -> SwitchControl {
    let datapath = await former?.datapath
    let predecessor = await former?.predecessor
    var holdings = await former?.takeHoldings()
    do throws(ControlError) {
      let opened = try open(configuration, paths, log, after: datapath, predecessor, holdings)
      let control = SwitchControl(
        configuration: configuration, paths: paths, log: log, time: time, version: version, opened: opened,
        predecessor: predecessor, holdings: holdings)
      // If it fails it closes what reads.
      holdings?.loseReaders()
      try await control.bringUp(after: predecessor?.announced)
      return control
    } catch {
      await former?.takeBack(holdings)
      throw error
    }
  }

  /// An earlier daemon of this name that was killed a moment ago may still be closing its sockets, and until then holds
  /// its locks. Waits for it, ten seconds at the most.
  public static func waitForPredecessor(_ paths: SwitchPaths) async {
    guard let earlier = InstanceLock.lastHolder(paths), earlier.id != getpid() else { return }
    for _ in 0..<200 where earlier.isDying { try? await Task.sleep(for: .milliseconds(50)) }
  }

  private static func open(
    _ configuration: SwitchConfiguration, _ paths: SwitchPaths, _ log: Logger, after former: (any Datapath)?,
    _ predecessor: Predecessor?, _ holdings: Holdings?
  ) throws(ControlError) -> Opened {
    try checkPrivileges(configuration.datapath)
    let lock = try InstanceLock(paths)
    let (earlier, isRemembered) = predecessor?.state.map { ($0, true) } ?? remembered(paths, log)
    let links = try interfaces(of: configuration)
    var claims: [String: PortClaim] = [:]
    for link in links {
      if let held = holdings?.ports[link.name], held.interface == link.index, let lock = held.lock {
        claims[link.name] = lock
        continue
      }
      do throws(PortLockError) {
        claims[link.name] = try PortClaim(index: link.index)
      } catch {
        throw ControlError("port \(link.name): \(error)")
      }
    }
    var state = earlier
    if state.seed == 0 { state.seed = UInt64.random(in: 1...UInt64.max) }
    let mayMount = configuration.datapath != .pcap && DatapathChooser.missing([.sysAdmin]).isEmpty
    if mayMount, (try? BPFFilesystem(path: paths.bpfFolder).isMounted()) == false { state.mountedBPF = true }
    // Before anything is changed: a daemon that dies from here on can still put everything back.
    do { try state.save(paths.state) } catch {
      // One of this process that fails now would end the switch; what it adopts is on record already.
      if predecessor == nil { throw ControlError("can't save \(paths.state): \(error)") }
    }
    let opening = Opening(
      configuration: configuration, paths: paths, links: links, earlier: earlier, former: former)
    do {
      return try opening.open(lock: lock, claims: claims, state: state)
    } catch {
      if isRemembered { try? earlier.save(paths.state) } else { unlink(paths.state) }
      if state.mountedBPF && !earlier.mountedBPF { BPFFolder(paths).unmountUnused() }
      throw error
    }
  }

  private static func remembered(_ paths: SwitchPaths, _ log: Logger) -> (InstanceState, isRemembered: Bool) {
    do throws(ControlError) {
      let state = try InstanceState.load(paths.state)
      return (state ?? InstanceState(), state != nil)
    } catch {
      log.warning(
        "\(error): begins anew; if an earlier run of this switch was killed, its ports are taken as they are now"
      )
      return (InstanceState(), false)
    }
  }

  /// The ports that are there.
  static func interfaces(of configuration: SwitchConfiguration) throws(ControlError) -> [Link] {
    var found: [Link] = []
    do {
      let session = try NetlinkSession()
      for port in configuration.ports {
        if let link = try session.link(named: port.name) { found.append(link) }
      }
    } catch {
      throw ControlError("\(error)")
    }
    if let other = found.first(where: { !$0.isEthernet }) {
      throw ControlError("port \(other.name) is not an Ethernet interface")
    }
    if found.isEmpty {
      throw ControlError(
        "none of the ports exists in this network namespace: "
          + configuration.ports.map(\.name).joined(separator: ", "))
    }
    return found
  }

  /// Says all that is missing at once. Without those for BPF `auto` is still pcap.
  public static func checkPrivileges(_ choice: DatapathChoice) throws(ControlError) {
    let always = DatapathChooser.missing([.netAdmin, .netRaw])
    let forXDP = choice == .pcap ? [] : DatapathChooser.missing([.bpf, .perfmon])
    if always.isEmpty && (choice == .auto || forXDP.isEmpty) { return }
    throw ControlError(
      "these capabilities are missing: \((always + forXDP).joined(separator: ", ")); run it as root, or as a service "
        + "with AmbientCapabilities")
  }

  private func bringUp(after announced: Announced?) async throws(ControlError) {
    if datapath.kind != .pcap, MountNamespace.isInitial() == false {
      log.warning(
        """
        this is not the host's mount namespace (ip netns exec makes one): when the daemon is killed, forwarding may \
        end with it; nsenter --net keeps the host's
        """)
    }
    let kept = isAdopted ? "adopted from an earlier run" : "new"
    log.info("datapath \(datapath.kind.rawValue) (\(datapathReason)), tables \(kept)")
    tables.setClock(fine: fine)
    tables.setLimits(
      seed: state.seed, puntsPerTick: PuntBudget.perTick([], members: mostMembersOfAPort))
    let links = currentLinks
    let indexes = Dictionary(
      links.map { ($0, Int($1.index)) }, uniquingKeysWith: { first, _ in first })
    let planned: Set<Int>
    do {
      fillClusters()
      fillOwnPort()
      takeOverPorts(links)
      planned = planPorts()
      try publish(indexes)
      try openPunts()
      try datapath.attach(
        port: NumberAllocator.ownPort, interface: own.port.name, ifindex: Int(own.port.index))
    } catch {
      // What forwarded before the start goes on.
      shutDown(keep: isAdopted)
      throw ControlError("\(error)")
    }
    openOwnReader()
    releaseFormerPorts(indexes)
    let prepared = portTable.indices.filter {
      preparePort($0, isPlanned: planned.contains($0), links[portTable[$0].index])
    }
    // As soon as the first port has the program, frames go out by all of them: new tables know them by then.
    if isAdopted { for position in prepared { fillPort(position) } }
    datapath.catchUp(isLast: false)
    for position in prepared { switchOn(position) }
    if let trouble = portTable.compactMap(\.trouble).first, !portTable.contains(where: { $0.isAttached }) {
      shutDown(keep: false)
      throw ControlError(trouble)
    }
    datapath.catchUp(isLast: true)
    holdings?.close()
    holdings = nil
    if !isSuccessor {
      record(
        .started, configuration.name, cause: "datapath \(datapath.kind.rawValue)",
        effect: isAdopted ? "goes on with an earlier run's tables" : "")
    }
    prepareLoadRoutines()
    configureResolver()
    startProbes()
    startFinder()
    let input = eventInput
    do {
      monitor = try LinkMonitor(onFailure: { [log] in log.warning("links: \($0)") }) {
        input.yield(.link($0))
      }
    } catch {
      shutDown(keep: isAdopted)
      throw ControlError("can't watch the links: \(error)")
    }
    announceAll(after: announced)
    saveState()
    isUp = true
  }

  /// From here on a restarted daemon finds the tables as they are now, whichever datapath wrote the earlier ones.
  private func publish(_ links: [Int: Int]) throws(DatapathError) {
    if let xdp = datapath as? XDPDatapath {
      // Frames go out by every port as soon as the first one has this program.
      if isAdopted { try xdp.mapPorts(links) }
      try xdp.pin()
      saveState()
      unlink(paths.tables)
    } else {
      saveState()
      PinFolder(instance: paths.name, root: paths.pinRoot).remove()
    }
  }

  /// Interfaces by the ports' numbers.
  private var currentLinks: [Int: Link] {
    guard let session = try? NetlinkSession() else { return [:] }
    var links: [Int: Link] = [:]
    for port in portTable {
      if let link = try? session.link(named: port.name) { links[port.index] = link }
    }
    return links
  }

  /// Runs until the task is cancelled.
  /// - Parameter beat: called after every tick; when it is not any more, this actor hangs.
  public func run(beat: @escaping @Sendable () -> Void = {}) async {
    await withDiscardingTaskGroup { group in
      group.addTask { [events] in
        for await event in events { await self.handle(event) }
      }
      group.addTask {
        let clock = ContinuousClock()
        var next = clock.now
        while !Task.isCancelled {
          await self.tick()
          beat()
          // A late tick is not made up for.
          next = max(next.advanced(by: .milliseconds(100)), clock.now)
          try? await clock.sleep(until: next, tolerance: .milliseconds(5))
        }
      }
    }
  }

  /// Ends the switch. With `keep` the kernel goes on forwarding until a daemon of this name starts again (X7);
  /// otherwise everything is as it was found.
  public func stop(keep: Bool) {
    eventInput.finish()
    shutDown(keep: keep && datapath.kind != .pcap)
  }

  /// - Parameter isHandedOver: another switch of this process goes on at once.
  func shutDown(keep: Bool, isHandedOver: Bool = false) {
    if isStopped { return }
    isStopped = true
    // One that could not take the place of another never was: the other's events go on.
    let wasNever = isSuccessor && !isUp
    if !isHandedOver && !wasNever {
      record(.stopped, configuration.name, cause: keep ? "the daemon ends" : "the switch ends")
    }
    isHandedOver ? hook?.finish() : hook?.stop()
    if !wasNever { saveEvents() }
    eventLog.finish()
    endCaptures()
    probeRunner?.stop()
    probeRunner = nil
    monitor?.cancel()
    monitor = nil
    ownReader?.stop()
    puntRing?.close()
    puntRing = nil
    for position in portTable.indices { portTable[position].puntReader?.stop() }
    puntLoop?.stop()
    holdings?.close()
    holdings = nil
    if keep {
      saveState()
      datapath.close(keep: true)
      if !isHandedOver { log.info("stopped; the datapath goes on forwarding") }
      return
    }
    datapath.close(keep: false)
    for port in portTable {
      if let state = port.state { restore(state) }
    }
    for (name, former) in state.portStates where !portTable.contains(where: { $0.name == name }) {
      restore(former)
    }
    do { try ProbeRoutes.removeAll(interface: own.host.index) } catch {
      log.warning("routes for probes: \(error)")
    }
    do { try OwnInterface.remove(switchName: configuration.name) } catch { log.warning("\(error)") }
    if state.mountedBPF { BPFFolder(paths).unmountUnused() }
    unlink(paths.state)
    unlink(paths.tables)
    log.info("stopped; the ports are as they were found")
  }

  /// True if the interface is as it was found, or gone.
  @discardableResult
  func restore(_ state: PortState) -> Bool {
    do {
      let result = try portSetup.restore(state)
      for (change, error) in result.failed {
        log.warning("port \(state.interface): \(change) could not be put back: \(error)")
      }
      return result.isComplete
    } catch {
      log.warning("port \(state.interface) could not be put back: \(error)")
      return false
    }
  }

  func saveState() {
    isStateDirty = false
    if state.numbers != numbers.numbers { state.numbers = numbers.numbers }
    for port in portTable { state.portStates[port.name] = port.state ?? state.portStates[port.name] }
    do {
      try state.prepareToSave()
      try state.save(paths.state)
      if isStateBroken { log.notice("\(paths.state) is written again") }
      isStateBroken = false
    } catch {
      // The next second tries again; said once.
      isStateDirty = true
      if !isStateBroken {
        log.error("can't save \(paths.state): \(error); a restart would do with what was saved before")
      }
      isStateBroken = true
    }
  }
}
