import Control
import Glibc
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
  let control: SwitchControl
  let controlSocket: ControlSocket
  let network: NetworkAPI?
  do {
    try SwitchControl.checkPrivileges(configuration.datapath)
    let paths = SwitchPaths(name: name)
    await SwitchControl.waitForPredecessor(paths)
    StopSignals.hold()
    controlSocket = try ControlSocket(path: socket, group: configuration.api?.group)
    network = try configuration.api.flatMap { try NetworkAPI($0, logger: log) }
    control = try await SwitchControl.start(
      configuration, paths: paths, version: FlowSwitchVersion.current, log: log)
  } catch {
    throw CommandFailure(.refused, "\(error)")
  }
  let ready = log
  let server = ManagementServer(
    operations: control, socket: controlSocket, network: network, logger: log,
    onReady: {
      let listen = configuration.api?.listen.map { "; API on \($0)" } ?? ""
      ready.info("ready; control socket \(socket)\(listen)")
      notifyServiceManager("READY=1")
    })
  // Stopped in reverse: first nobody is served any more, then the switch ends.
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: [
        .init(
          service: ControlService(control: control), successTerminationBehavior: .gracefullyShutdownGroup),
        .init(service: server),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(log)))
  do {
    try await group.run()
  } catch {
    StopSignals.hold()
    notifyServiceManager("STOPPING=1")
    await control.stop(keep: keep)
    throw CommandFailure(.refused, "\(error)")
  }
  StopSignals.hold()
  notifyServiceManager("STOPPING=1")
  await control.stop(keep: keep)
}

/// The switch's loops, as a service.
private struct ControlService: ServiceLifecycle.Service {
  let control: SwitchControl

  func run() async throws {
    // One that came during the start, before the group listened.
    if StopSignals.isRaised { return }
    await cancelWhenGracefulShutdown { await control.run() }
  }
}

private func quiet(_ log: Logger) -> Logger {
  var quiet = log
  quiet.logLevel = max(log.logLevel, .warning)
  return quiet
}

/// sd_notify(3): a datagram to the service manager's socket, where there is one.
private func notifyServiceManager(_ text: String) {
  guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), path.utf8.count < 108 else { return }
  let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  if descriptor < 0 { return }
  defer { close(descriptor) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { room in
    // A name that begins with @ is abstract: a zero byte stands in its place.
    for (i, byte) in path.utf8.enumerated() { room[i] = i == 0 && byte == UInt8(ascii: "@") ? 0 : byte }
  }
  let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
  let bytes = Array(text.utf8)
  _ = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
    }
  }
}
