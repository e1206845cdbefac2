import Logging
import ManagementFixtures
import ServiceLifecycle
import SwitchModel
import Testing

@testable import Management

extension ServingSuites {
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
      try await stop(after: .milliseconds(20 + round * 3)) { group, _ in await group.triggerGracefulShutdown()
      }
    }

    @Test("A watch does not hold up the end", .timeLimit(.minutes(1)))
    func watching() async throws {
      try await withTemporaryDirectory { directory in
        let path = "\(directory)/fs1.sock"
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let (cancelled, isCancelled) = AsyncStream.makeStream(of: Void.self)
        let server = ManagementServer(
          operations: FakeSwitch(isSlow: true) { isCancelled.finish() },
          socket: try ControlSocket(path: path),
          logger: logger
        ) { isReady.finish() }
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        let running = Task { try await group.run() }
        for await _ in ready {}
        let client = try #require(RawClient(path: path))
        client.send("GET /api/v1/flows?for=60s HTTP/1.1\r\nHost: x\r\n\r\n")
        try await Task.sleep(for: .milliseconds(300))
        let start = ContinuousClock.now
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(ContinuousClock.now - start < .seconds(5))
        for await _ in cancelled {}
      }
    }

    @Test("A watch ends when who asked for it goes", .timeLimit(.minutes(1)))
    func interrupted() async throws {
      let (cancelled, isCancelled) = AsyncStream.makeStream(of: Void.self)
      try await withServer(FakeSwitch(isSlow: true) { isCancelled.finish() }) { path in
        do {
          let client = try #require(RawClient(path: path))
          client.send("GET /api/v1/flows?for=60s HTTP/1.1\r\nHost: x\r\n\r\n")
          try await Task.sleep(for: .milliseconds(300))
        }
        for await _ in cancelled {}
      }
    }
  }
}
