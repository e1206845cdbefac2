import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
public import SwitchModel

/// The API on the control socket, as a service: runs until it is cancelled or shut down gracefully, then takes the
/// socket away.
public struct ManagementServer: ServiceLifecycle.Service {
  private let operations: any SwitchOperations
  private let socket: ControlSocket
  private let limits: ServerLimits
  private let logger: Logger
  private let onReady: @Sendable () async -> Void

  /// - Parameters:
  ///   - socket: taken before anything else of the switch starts, so that a second daemon changes nothing.
  ///   - onReady: called once when clients can connect.
  public init(
    operations: any SwitchOperations, socket: ControlSocket, limits: ServerLimits = ServerLimits(),
    logger: Logger, onReady: @escaping @Sendable () async -> Void = {}
  ) {
    self.operations = operations
    self.socket = socket
    self.limits = limits
    self.logger = logger
    self.onReady = onReady
  }

  public func run() async throws {
    let limits = limits
    let socket = socket
    let logger = logger
    let onReady = onReady
    // Hummingbird tells of every start and stop of its own; ours is told by the daemon.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(limits: limits)], idleTimeout: TimeAmount(limits.receive),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers, maxHeaderFieldCount: 100))
    let application = Application(
      responder: APIResponder(
        api: API(operations: operations, followers: limits.followers), limits: limits),
      server: HTTPServerBuilder { responder in
        ConnectionHandler(inner: HTTP1Channel(responder: responder, configuration: http))
      },
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: socket.path), serverName: "flowswitch/\(FlowSwitchVersion.current)",
        backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: quiet)),
      onServerRunning: { _ in
        do {
          try socket.open()
        } catch {
          // Root can still connect.
          logger.error("control socket: \(error)")
        }
        await onReady()
      },
      logger: quiet)
    defer { socket.remove() }
    // Not Hummingbird's graceful end: it waits for every answer, and a watch of flows may take a minute.
    try await cancelWhenGracefulShutdown { try await application.run() }
  }
}
