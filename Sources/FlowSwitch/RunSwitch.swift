import Control
import Glibc
import LinuxPlatform
import Logging
import Management
import ServiceLifecycle
import SwitchModel
import UnixSignals

/// Runs the switch until it is told to stop.
///
/// - Parameters:
///   - file: checked.
///   - source: absolute path of the file.
///   - socket: path of the control socket.
///   - stateFolder: where configurations that worked are kept; nil: the usual place.
///   - keep: leave the datapath forwarding when stopping.
/// - Throws: `CommandFailure` with the status that the process ends with.
func runSwitch(
  file: LoadedConfiguration, source: String, socket: String, stateFolder: String?, keep: Bool,
  logLevel: Logger.Level
) async throws {
  let name = file.configuration.name
  var leveled = Logger(label: name) { SwitchLogHandler(label: $0) }
  leveled.logLevel = logLevel
  let log = leveled
  var limits = ServerLimits()
  limits.connections = FileLimit.connections(files: FileLimit.raise(), most: limits.connections)
  let manager = ServiceNotifier()
  let paths = SwitchPaths(name: name)
  let holder: SwitchHolder
  let controlSocket: ControlSocket
  let door: NetworkDoor
  let configuration: SwitchConfiguration
  do {
    try SwitchControl.checkPrivileges(file.configuration.datapath)
    await SwitchControl.waitForPredecessor(paths)
    StopSignals.hold()
    StopSignals.watchForKeep()
    StopSignals.ignoreHangUp()
    let store = openStore(name, stateFolder, log)
    let now = time(nil)
    let choice =
      store.map { StartChoice(file: file, store: $0, now: now) } ?? StartChoice(file: file)
    if let warning = choice.warning { log.warning("\(warning)") }
    configuration = choice.configuration.configuration
    controlSocket = try ControlSocket(path: socket, group: configuration.api?.group)
    door = try NetworkDoor(configuration.api, socket: controlSocket)
    let start: @Sendable (SwitchConfiguration, (any SwitchInstance)?) async throws -> any SwitchInstance = {
      try await SwitchControl.start(
        $0, paths: paths, version: FlowSwitchVersion.current, log: log, after: $1 as? SwitchControl)
    }
    let control = try await start(configuration, nil)
    let environment = SwitchHolder.Environment(
      start: start,
      check: { try SwitchControl.check($0, replacing: $1, paths: paths) },
      prepareAPI: { [door] in try await door.prepare($0) },
      onChange: { [manager] begins in begins ? manager.reloading() : manager.ready() })
    holder = SwitchHolder(
      control, running: choice.configuration, previous: choice.previous(in: store), store: store,
      source: source, environment: environment, log: log)
    await holder.begin(choice, now: now)
  } catch {
    throw CommandFailure(.refused, "\(error)")
  }
  let (ports, clusters) = (configuration.ports.count, configuration.clusters.count)
  let server = ManagementServer(
    operations: holder, configuration: holder, socket: controlSocket, door: door,
    assets: ConsoleAssets { path in
      ConsolePage.asset(path).map {
        ConsoleAsset(
          contentType: $0.type, bytes: $0.bytes, contentSecurityPolicy: ConsolePage.contentSecurityPolicy)
      }
    }, limits: limits, logger: log,
    onReady: {
      let listen = configuration.api?.listen.map { "; API on \($0)" } ?? ""
      log.info("ready; control socket \(socket)\(listen)")
      manager.ready(status: "\(ports) ports, \(clusters) clusters")
    })
  // Stopped in reverse: first nobody is served any more, then the switch ends.
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: [
        .init(
          service: ControlService(holder: holder, door: door, manager: manager, log: log),
          successTerminationBehavior: .gracefullyShutdownGroup),
        .init(service: server),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log)))
  do {
    try await group.run()
  } catch {
    StopSignals.hold()
    manager.stopping()
    await holder.stop(keep: keep)
    throw error as? CommandFailure ?? CommandFailure(.refused, "\(error)")
  }
  StopSignals.hold()
  manager.stopping()
  await holder.stop(keep: keep || StopSignals.isKeepWanted)
}

/// Nil, and a word about it, where nothing can be kept.
private func openStore(_ name: String, _ folder: String?, _ log: Logger) -> ConfigurationStore? {
  do {
    let opened =
      try folder.map { try ConfigurationStore.open(name: name, roots: [$0]) }
      ?? ConfigurationStore.open(name: name)
    if let warning = opened.warning { log.warning("\(warning)") }
    return opened.store
  } catch {
    log.warning(
      "\(folder ?? ConfigurationStore.root)/\(name): \(error): no configuration is kept over a restart")
    return nil
  }
}

private func quiet(_ log: Logger) -> Logger {
  var quiet = log
  quiet.logLevel = max(log.logLevel, .warning)
  return quiet
}
