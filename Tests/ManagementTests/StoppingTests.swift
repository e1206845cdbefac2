import Logging
import ManagementFixtures
import ServiceLifecycle
import SwitchModel
import Testing

@testable import Management

@Suite("Stopping the server", .serialized)
struct StoppingTests {
  /// Runs a server in a service group among clients that connect all the time, and ends it.
  private func stop(
    after delay: Duration, _ end: @escaping @Sendable (ServiceGroup, Task<Void, any Error>) async -> Void
  )
    async throws
  {
    try await withTemporaryDirectory { directory in
      let path = "\(directory)/fs1.sock"
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      let server = ManagementServer(
        operations: FakeSwitch(), socket: try ControlSocket(path: path), logger: logger)
      let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
      let running = Task { try await group.run() }
      let clients = (0..<8).map { number in
        Task {
          while !Task.isCancelled {
            switch number {
            case 0..<4: _ = try? await ControlClient(path: path).get(.ports, timeout: .seconds(1))
            case 4..<6: RawClient(path: path)?.send("GET /api/v1/po")
            default: _ = RawClient(path: path)
            }
            await Task.yield()
          }
        }
      }
      try await Task.sleep(for: delay)
      await end(group, running)
      _ = try? await running.value
      for client in clients { client.cancel() }
      for client in clients { await client.value }
    }
  }

  @Test("Cancelled while clients come", .timeLimit(.minutes(2)), arguments: 0..<30)
  func cancelled(_ round: Int) async throws {
    try await stop(after: .milliseconds(20 + round * 3)) { _, running in running.cancel() }
  }

  @Test("Shut down gracefully while clients come", .timeLimit(.minutes(2)), arguments: 0..<30)
  func graceful(_ round: Int) async throws {
    try await stop(after: .milliseconds(20 + round * 3)) { group, _ in await group.triggerGracefulShutdown() }
  }
}
