import Balancing
import Datapath
import Foundation
import Glibc
public import LinuxPlatform
public import Logging
import ProxyARP
public import SwitchModel
import Wire

/// What a start has taken hold of before the actor exists.
struct Opened {
  var lock: InstanceLock
  var events: AsyncStream<SwitchEvent>
  var eventInput: AsyncStream<SwitchEvent>.Continuation
  var state: InstanceState
  var numbers: NumberAllocator
  var datapath: any Datapath
  var reason: String
  var portSetup: PortSetup
  var own: OwnInterface
}

extension SwitchControl {
  /// Brings the switch up: when it returns, the datapath forwards on every port that is there.
  public static func start(
    _ configuration: SwitchConfiguration, paths: SwitchPaths, version: String, log: Logger,
    time: any TimeSource = SystemTimeSource()
  ) async throws(ControlError) -> SwitchControl {
    let opened = try open(configuration, paths, log)
    let control = SwitchControl(
      configuration: configuration, paths: paths, log: log, time: time, version: version, opened: opened)
    try await control.bringUp()
    return control
  }

  /// An earlier daemon of this name that was killed a moment ago may still be closing its sockets, and until then holds
  /// its locks. Waits for it, ten seconds at the most.
  public static func waitForPredecessor(_ paths: SwitchPaths) async {
    guard let earlier = InstanceLock.lastHolder(paths), earlier.id != getpid() else { return }
    for _ in 0..<200 where earlier.isDying { try? await Task.sleep(for: .milliseconds(50)) }
  }

  private static func open(
    _ configuration: SwitchConfiguration, _ paths: SwitchPaths, _ log: Logger
  ) throws(ControlError) -> Opened {
    try checkPrivileges()
    let lock = try InstanceLock(paths)
    var state = InstanceState.load(paths.state) ?? InstanceState()
    if state.seed == 0 { state.seed = UInt64.random(in: 1...UInt64.max) }
    let numbers = NumberAllocator(configuration, earlier: state.numbers)
    let (events, input) = AsyncStream.makeStream(
      of: SwitchEvent.self, bufferingPolicy: .bufferingOldest(8192))
    do {
      let setup = try PortSetup()
      let session = try NetlinkSession()
      var interfaces: [(name: String, ifindex: Int)] = []
      var mtu = Int.max
      for port in configuration.ports {
        guard let link = try session.link(named: port.name) else { continue }
        if !link.isEthernet { throw ControlError("port \(port.name) is not an Ethernet interface") }
        interfaces.append((port.name, Int(link.index)))
        mtu = min(mtu, link.mtu)
      }
      if interfaces.isEmpty {
        throw ControlError(
          "none of the ports exists in this network namespace: "
            + configuration.ports.map(\.name).joined(separator: ", "))
      }
      let own = try OwnInterface.ensure(
        switchName: configuration.name, mac: ownMAC(configuration),
        addresses: configuration.address.map { [$0] } ?? [], mtu: mtu == Int.max ? nil : mtu)
      interfaces.append((own.port.name, Int(own.port.index)))

      let portCount = (numbers.numbers.ports.values.max() ?? 0) + 1
      func dimensions(_ cpus: Int) -> Dimensions {
        Dimensions(
          cpus: cpus, clusters: numbers.clusterCount, members: numbers.memberCount,
          buckets: numbers.bucketCount,
          services: configuration.clusters.reduce(0) { $0 + $1.services.count })
      }
      let chooser = DatapathChooser(
        choice: configuration.datapath, wanted: dimensions(XDPDatapath.cpus), paths: paths,
        interfaces: interfaces)
      let earlier = state.datapath == DatapathKind.pcap.rawValue ? state.dimensions : nil
      let result: DatapathChooser.Result
      do throws(ControlError) {
        result = try chooser.choose { () throws(DatapathError) in
          try PcapDatapath(
            path: paths.tables, wanted: dimensions(portCount), earlier: earlier,
            onPunt: { input.yield(.frame(port: $0, $1)) },
            onFailure: { input.yield(.portFailed(port: $0, $1)) })
        }
      } catch {
        if !own.isAdopted { _ = try? OwnInterface.remove(switchName: configuration.name) }
        throw error
      }
      state.mountedBPF = state.mountedBPF || result.mountedBPF
      state.datapath = result.datapath.kind.rawValue
      state.dimensions = result.datapath.tables.dimensions
      return Opened(
        lock: lock, events: events, eventInput: input, state: state, numbers: numbers,
        datapath: result.datapath, reason: result.reason, portSetup: setup, own: own)
    } catch let error as ControlError {
      throw error
    } catch {
      throw ControlError("\(error)")
    }
  }

  /// Says all that is missing at once.
  static func checkPrivileges() throws(ControlError) {
    guard let missing = try? Capabilities.current().missing(), !missing.isEmpty else { return }
    throw ControlError(
      "these capabilities are missing: \(missing.map(\.name).joined(separator: ", ")); run it as root, or as a service "
        + "with AmbientCapabilities")
  }

  private func bringUp() async throws(ControlError) {
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
    tables.setLimits(seed: state.seed, puntsPerTick: 100)
    do {
      fillClusters()
      fillOwnPort()
      if let xdp = datapath as? XDPDatapath { try xdp.pin() }
      try datapath.attach(
        port: NumberAllocator.ownPort, interface: own.port.name, ifindex: Int(own.port.index))
    } catch {
      shutDown(keep: false)
      throw ControlError("\(error)")
    }
    openOwnReader()
    releaseFormerPorts()
    for position in portTable.indices { attachPort(position) }
    if let taken = portTable.compactMap(\.trouble).first, !portTable.contains(where: { $0.isAttached }) {
      shutDown(keep: false)
      throw ControlError(taken)
    }
    configureResolver()
    let input = eventInput
    do {
      monitor = try LinkMonitor(onFailure: { [log] in log.warning("links: \($0)") }) {
        input.yield(.link($0))
      }
    } catch {
      shutDown(keep: false)
      throw ControlError("can't watch the links: \(error)")
    }
    announceAll()
    saveState()
  }

  /// Runs until the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { [events] in
        for await event in events { await self.handle(event) }
      }
      group.addTask {
        let clock = ContinuousClock()
        var next = clock.now
        while !Task.isCancelled {
          await self.tick()
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

  func shutDown(keep: Bool) {
    if isStopped { return }
    isStopped = true
    monitor?.cancel()
    monitor = nil
    ownReader?.stop()
    for position in portTable.indices { portTable[position].puntReader?.stop() }
    if keep {
      saveState()
      datapath.close(keep: true)
      log.info("stopped; the datapath goes on forwarding")
      return
    }
    datapath.close(keep: false)
    for port in portTable {
      guard let state = port.state else { continue }
      do {
        let result = try portSetup.restore(state)
        for (change, error) in result.failed {
          log.warning("port \(port.name): \(change) could not be put back: \(error)")
        }
      } catch {
        log.warning("port \(port.name) could not be put back: \(error)")
      }
    }
    do { try OwnInterface.remove(switchName: configuration.name) } catch { log.warning("\(error)") }
    if state.mountedBPF { unmountBPF() }
    unlink(paths.state)
    unlink(paths.tables)
    log.info("stopped; the ports are as they were found")
  }

  /// Only if nobody keeps anything there: unmounting would end the datapaths of others when their daemons go.
  private func unmountBPF() {
    let lock = FolderLock(paths.runFolder)
    defer { withExtendedLifetime(lock) {} }
    let entries = try? FileManager.default.contentsOfDirectory(atPath: paths.bpfFolder)
    // The kernel itself puts two programs there when it mounts the filesystem (kernel/bpf/preload).
    let foreign = entries?.filter { $0 != "maps.debug" && $0 != "progs.debug" }
    if foreign?.isEmpty == true { try? BPFFilesystem(path: paths.bpfFolder).unmount() }
  }

  func saveState() {
    isStateDirty = false
    state.numbers = numbers.numbers
    for port in portTable { state.portStates[port.name] = port.state ?? state.portStates[port.name] }
    do { try state.save(paths.state) } catch { log.error("can't save \(paths.state): \(error)") }
  }
}
