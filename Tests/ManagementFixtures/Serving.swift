import FoundationEssentials
import Glibc
import Logging
public import Management
public import SwitchModel
import Synchronization
import Wire

/// Runs the server on a socket of its own while `body` runs, and takes everything away again.
public func withServer(
  _ operations: any SwitchOperations = FakeSwitch(),
  configuring: any ConfigurationOperations = FakeConfiguration(), limits: ServerLimits = ServerLimits(),
  _ body: @escaping @Sendable (_ path: String) async throws -> Void
) async throws {
  try await withServers(operations, configuring: configuring, limits: limits, nil) { path, _ in
    try await body(path)
  }
}

/// The same with TCP on 127.0.0.1: `body` gets the port.
public func withNetworkServer(
  _ operations: any SwitchOperations = FakeSwitch(), _ configuration: APIConfiguration = APIConfiguration(),
  limits: ServerLimits = ServerLimits(), assets: ConsoleAssets = .none,
  _ body: @escaping @Sendable (_ port: Int, _ path: String) async throws -> Void
) async throws {
  var configuration = configuration
  configuration.listen = ListenAddress(IPAddress(127, 0, 0, 1), port: 0)
  try await withServers(operations, limits: limits, configuration, assets: assets) { path, port in
    try await body(port, path)
  }
}

private func withServers(
  _ operations: any SwitchOperations, configuring: any ConfigurationOperations = FakeConfiguration(),
  limits: ServerLimits, _ configuration: APIConfiguration?,
  assets: ConsoleAssets = .none,
  _ body: @escaping @Sendable (_ path: String, _ port: Int) async throws -> Void
) async throws {
  try await withTemporaryDirectory { directory in
    let path = "\(directory)/fs1.sock"
    let socket = try ControlSocket(path: path)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
    let port = PortBox()
    let server = ManagementServer(
      operations: operations, configuration: configuring, socket: socket,
      door: try NetworkDoor(configuration), assets: assets,
      limits: limits, logger: logger,
      onReady: {
        isReady.yield()
        isReady.finish()
      }, onListening: { port.store($0) })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        for await _ in ready {}
        try await body(path, port.load())
      }
      try await group.next()
      group.cancelAll()
      while !group.isEmpty { _ = try? await group.next() }
    }
  }
}

public func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
  let directory = "/tmp/flowswitch-test-\(getpid())-\(UInt32.random(in: 0...(.max)))"
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  try await body(directory)
}

private final class PortBox: Sendable {
  private let port = Mutex(0)

  func store(_ number: Int) { port.withLock { $0 = number } }
  func load() -> Int { port.withLock { $0 } }
}
