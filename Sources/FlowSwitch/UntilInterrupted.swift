/// Runs `body` until it ends or the operator interrupts it.
///
/// - Returns: false if it was interrupted.
func untilInterrupted(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
  let console = Console.current
  return try await withThrowingTaskGroup(of: Bool.self) { group in
    group.addTask {
      await console.interrupted()
      return false
    }
    group.addTask {
      try await body()
      return true
    }
    defer { group.cancelAll() }
    return try await group.next() ?? true
  }
}
