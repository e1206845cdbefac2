import Control
import LinuxPlatform
import Logging
import Management
import ServiceLifecycle
import SwitchModel
import UnixSignals

/// Runs the switch until it is told to stop.
///
/// - Parameters:
///   - configuration: checked.
///   - socket: path of the control socket.
///   - keep: leave the datapath forwarding when stopping.
/// - Throws: `CommandFailure` with the status that the process ends with.
func runSwitch(
  configuration: SwitchConfiguration, socket: String, keep: Bool, logLevel: Logger.Level
) async throws {
  var log = Logger(label: configuration.name) { SwitchLogHandler(label: $0) }
  log.logLevel = logLevel
  let name = configuration.name
  let manager = ServiceNotifier()
  let control: SwitchControl
  let controlSocket: ControlSocket
  let network: NetworkAPI?
  do {
    try SwitchControl.checkPrivileges(configuration.datapath)
    let paths = SwitchPaths(name: name)
    await SwitchControl.waitForPredecessor(paths)
    StopSignals.hold()
    StopSignals.watchForKeep()
    controlSocket = try ControlSocket(path: socket, group: configuration.api?.group)
    network = try configuration.api.flatMap { try NetworkAPI($0, logger: log) }
    control = try await SwitchControl.start(
      configuration, paths: paths, version: FlowSwitchVersion.current, log: log)
  } catch {
    throw CommandFailure(.refused, "\(error)")
  }
  let ready = log
  let (ports, clusters) = (configuration.ports.count, configuration.clusters.count)
  let server = ManagementServer(
    operations: control, socket: controlSocket, network: network, assets: consoleAssets, logger: log,
    onReady: {
      let listen = configuration.api?.listen.map { "; API on \($0)" } ?? ""
      ready.info("ready; control socket \(socket)\(listen)")
      manager.ready(status: "\(ports) ports, \(clusters) clusters")
    })
  // Stopped in reverse: first nobody is served any more, then the switch ends.
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: [
        .init(
          service: ControlService(control: control, manager: manager),
          successTerminationBehavior: .gracefullyShutdownGroup),
        .init(service: server),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log)))
  do {
    try await group.run()
  } catch {
    StopSignals.hold()
    manager.stopping()
    await control.stop(keep: keep)
    throw CommandFailure(.refused, "\(error)")
  }
  StopSignals.hold()
  manager.stopping()
  await control.stop(keep: keep || StopSignals.isKeepWanted)
}

/// The console's page, which is in the binary.
private let consoleAssets = ConsoleAssets { path in
  ConsolePage.asset(path).map {
    ConsoleAsset(contentType: $0.type, bytes: $0.bytes, contentSecurityPolicy: ConsolePage.contentSecurityPolicy)
  }
}

/// The switch's loops, as a service.
private struct ControlService: ServiceLifecycle.Service {
  let control: SwitchControl
  let manager: ServiceNotifier

  func run() async throws {
    // One that came during the start, before the group listened.
    if StopSignals.isRaised { return }
    let time = SystemTimeSource()
    await cancelWhenGracefulShutdown { [control, manager] in
      // From the loop itself: one that hangs is found out.
      await control.run { manager.beat(at: time.now) }
    }
  }
}

private func quiet(_ log: Logger) -> Logger {
  var quiet = log
  quiet.logLevel = max(log.logLevel, .warning)
  return quiet
}
