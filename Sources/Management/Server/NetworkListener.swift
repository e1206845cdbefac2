import Glibc
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import SwitchModel
import Synchronization

/// One address that the API listens on. What it goes by (certificate, tokens) can be exchanged while it listens; who is
/// connected keeps the connection.
final class NetworkListener: Sendable {
  /// Why it does not listen.
  struct Failure: Error {
    var error: NetworkAPIError
    /// Somebody listens there already.
    var isTaken: Bool
  }

  private struct State {
    var api: NetworkAPI
    var group: ServiceGroup?
    var isRetired = false
  }

  let listen: ListenAddress
  private let state: Mutex<State>
  private let opening = AsyncStream.makeStream(of: Result<Void, Failure>.self)

  init(_ api: NetworkAPI) {
    listen = api.listen
    state = Mutex(State(api: api))
  }

  var api: NetworkAPI {
    get { state.withLock { $0.api } }
    set { state.withLock { $0.api = newValue } }
  }
  var tls: NIOSSLContext? { api.certificate?.context }
  var isRetired: Bool { state.withLock { $0.isRetired } }

  /// Returns when it listens.
  /// - Throws: why it does not.
  func awaitOpening() async throws(Failure) {
    for await result in opening.stream { return try result.get() }
    throw Failure(error: .listen(listen.description, reason: "the daemon ends"), isTaken: false)
  }

  func didOpen() {
    opening.continuation.yield(.success(()))
    opening.continuation.finish()
  }

  func didFail(_ failure: Failure) {
    opening.continuation.yield(.failure(failure))
    opening.continuation.finish()
  }

  /// Takes nobody any more; who asked already gets an answer, for as long as the group allows. Returns at once.
  func retire() async {
    let group = state.withLock { state in
      state.isRetired = true
      return state.group
    }
    await group?.triggerGracefulShutdown()
  }

  /// Serves until it is retired, or the task is cancelled.
  /// - Parameter grace: what answers under way may take when it is retired.
  func run(_ application: any ServiceLifecycle.Service, grace: Duration, logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)],
      logger: logger)
    configuration.maximumGracefulShutdownDuration = grace
    let group = ServiceGroup(configuration: configuration)
    let isWanted = state.withLock { state in
      state.group = group
      return !state.isRetired
    }
    defer { opening.continuation.finish() }
    guard isWanted else { return }
    do {
      try await group.run()
    } catch let error as IOError {
      let (address, port) = (listen.address, listen.port)
      let failure = Failure(
        error: .listen("\(address) port \(port)", reason: error.description),
        isTaken: error.errnoCode == EADDRINUSE)
      didFail(failure)
      throw failure.error
    }
  }
}
