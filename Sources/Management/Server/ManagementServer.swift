import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle
public import SwitchModel

/// The API on the control socket, and by TCP where that is configured, as a service: runs until it is cancelled or shut
/// down gracefully, then takes the socket away.
public struct ManagementServer: ServiceLifecycle.Service {
  private let operations: any SwitchOperations
  private let configuration: (any ConfigurationOperations)?
  private let socket: ControlSocket
  private let door: NetworkDoor?
  private let assets: ConsoleAssets
  private let limits: ServerLimits
  private let logger: Logger
  private let onReady: @Sendable () async -> Void
  private let onListening: @Sendable (_ port: Int) -> Void
  private let end = EndingLogHandler.End()

  /// - Parameters:
  ///   - configuration: nil: it can neither be looked at nor changed.
  ///   - socket: taken before anything else of the switch starts, so that a second daemon changes nothing.
  ///   - door: the API by TCP; nil: on the control socket only.
  ///   - assets: the console's parts, served by TCP.
  ///   - onListening: called with the port of TCP once it listens.
  ///   - onReady: called once when clients can connect.
  public init(
    operations: any SwitchOperations, configuration: (any ConfigurationOperations)? = nil,
    socket: ControlSocket, door: NetworkDoor? = nil,
    assets: ConsoleAssets = .none, limits: ServerLimits = ServerLimits(),
    logger: Logger,
    onReady: @escaping @Sendable () async -> Void = {},
    onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
  ) {
    self.operations = operations
    self.configuration = configuration
    self.socket = socket
    self.door = door
    self.assets = assets
    self.limits = limits
    self.logger = logger
    self.onListening = onListening
    self.onReady = onReady
  }

  public func run() async throws {
    let readiness = Readiness(of: await door?.isOpen == true ? 2 : 1, onReady)
    let socket = socket
    defer { socket.remove() }
    // Not Hummingbird's graceful end: it waits for every answer, and a watch of flows may take a minute.
    try await withTaskCancellationOrGracefulShutdownHandler {
      try await serveAll(readiness)
    } onCancelOrGracefulShutdown: { [end] in
      end.come()
    }
  }

  private func serveAll(_ readiness: Readiness) async throws {
    let socket = socket
    let logger = logger
    try await cancelWhenGracefulShutdown {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await application(.unixDomainSocket(path: socket.path)) { _ in
            do throws(ControlSocketError) {
              try socket.open()
            } catch {
              // Root can still connect.
              logger.error("control socket: \(error)")
            }
            await readiness.arrive()
          }.run()
        }
        if let door {
          group.addTask { try await door.run { try await serve($0, readiness) } }
        }
        // Either ends with the other: half an API is none that anybody relies on.
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }

  private func serve(_ listener: NetworkListener, _ readiness: Readiness) async throws {
    let onListening = onListening
    let application = application(
      .hostname(listener.api.host, port: Int(listener.listen.port)), gate: { listener.api.gate },
      tls: { listener.tls }, assets: assets
    ) { channel in
      if let port = channel.localAddress?.port { onListening(port) }
      listener.didOpen()
      await readiness.arrive()
    }
    try await listener.run(application, grace: limits.leave, logger: quiet)
  }

  /// Hummingbird tells of every start and stop of its own; ours is told by the daemon.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .critical)
    return quiet
  }

  private func application(
    _ address: BindAddress, gate: (@Sendable () -> Gate)? = nil,
    tls: @escaping @Sendable () -> NIOSSLContext? = { nil },
    assets: ConsoleAssets = .none,
    onRunning: @escaping @Sendable (any Channel) async -> Void
  ) -> some ApplicationProtocol {
    // Hummingbird tells of every start and stop of its own; ours is told by the daemon.
    var quiet = logger
    quiet.handler = EndingLogHandler(logger.handler, until: end)
    quiet.logLevel = max(logger.logLevel, .warning)
    let limits = limits
    let registry = ConnectionRegistry(limits.connections)
    let http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(limits: limits, registry: registry)],
      idleTimeout: TimeAmount(limits.receive),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers,
        maxHeaderFieldCount: 100))
    return Application(
      responder: APIResponder(
        api: API(
          operations: operations, configuration: configuration, limits: limits, assets: assets),
        limits: limits, gate: gate
      ),
      server: HTTPServerBuilder { responder in
        ConnectionHandler(inner: HTTP1Channel(responder: responder, configuration: http), tls: tls)
      },
      configuration: ApplicationConfiguration(
        address: address, serverName: "flowswitch/\(FlowSwitchVersion.current)", backlog: 1024,
        // The registry ends those that are too many; while they are being closed others wait in the backlog.
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections * 2, logger: quiet)),
      onServerRunning: onRunning, logger: quiet)
  }
}
