import FoundationEssentials
import Glibc
import Logging
public import Management
public import SwitchModel

/// Runs the server on a socket of its own while `body` runs, and takes everything away again.
public func withServer(
  _ operations: any SwitchOperations = FakeSwitch(), limits: ServerLimits = ServerLimits(),
  _ body: @escaping @Sendable (_ path: String) async throws -> Void
) async throws {
  try await withTemporaryDirectory { directory in
    let path = "\(directory)/fs1.sock"
    let socket = try ControlSocket(path: path)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
    let server = ManagementServer(operations: operations, socket: socket, limits: limits, logger: logger) {
      isReady.yield()
      isReady.finish()
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        for await _ in ready {}
        try await body(path)
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
