import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a daemon over its control socket: one connection a request.
public struct ControlClient: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// The rows of a resource, and the JSON that they came in.
  ///
  /// - Parameters:
  ///   - parameters: of the query, by name; nil is left out.
  ///   - timeout: for the whole answer.
  public func get<Value: Decodable & Sendable>(
    _ type: Value.Type, _ resource: Resource, _ parameters: [(name: String, value: String?)] = [],
    timeout: Duration = .seconds(10)
  ) async throws(ControlClientError) -> (value: Value, json: [UInt8]) {
    let json = try await get(resource, parameters, timeout: timeout)
    return (try decode(type, json), json)
  }

  /// The JSON of a resource.
  public func get(
    _ resource: Resource, _ parameters: [(name: String, value: String?)] = [],
    timeout: Duration = .seconds(10)
  ) async throws(ControlClientError) -> [UInt8] {
    try await send(ControlRequest(target: target(resource.rawValue, parameters)), timeout: timeout)
  }

  /// Path and query.
  func target(_ path: String, _ parameters: [(name: String, value: String?)]) -> String {
    let query = parameters.compactMap { name, value in
      value.map { "\(Query.encode(name))=\(Query.encode($0))" }
    }.joined(separator: "&")
    return API.prefix + path + (query.isEmpty ? "" : "?\(query)")
  }

  func decode<Value: Decodable>(_ type: Value.Type, _ json: [UInt8]) throws(ControlClientError) -> Value {
    do {
      return try JSON.decode(type, from: json)
    } catch {
      throw .badAnswer(path: path, reason: "what came is not what this version expects: \(error)")
    }
  }

  /// The body of an answer with status 200; others are thrown.
  func send(_ request: ControlRequest, timeout: Duration) async throws(ControlClientError) -> [UInt8] {
    let response = try await response(to: request, timeout: timeout)
    if response.status == 200 { return response.body }
    throw refusal(status: response.status, body: response.body)
  }

  func refusal(status: Int, body: [UInt8]) -> ControlClientError {
    guard let refusal = try? JSON.decode(APIErrorBody.self, from: body) else {
      return .badAnswer(path: path, reason: "status \(status)")
    }
    if let faults = refusal.error.faults { return .faulty(message: refusal.error.message, faults) }
    return .refused(code: refusal.error.code, message: refusal.error.message)
  }

  private func response(
    to request: ControlRequest, timeout: Duration
  ) async throws(ControlClientError) -> ControlResponse {
    let end = ContinuousClock.now + timeout
    while true {
      do {
        return try await attempt(request, timeout: timeout)
      } catch {
        // A unix socket whose backlog is full says so at once instead of letting us wait.
        guard let failure = error as? IOError, failure.errnoCode == EAGAIN, !Task.isCancelled,
          ContinuousClock.now < end
        else {
          throw self.failure(error, timeout: timeout)
        }
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func attempt(_ request: ControlRequest, timeout: Duration) async throws -> ControlResponse {
    let group = MultiThreadedEventLoopGroup.singleton
    let loop = group.next()
    let promise = loop.makePromise(of: ControlResponse.self)
    let limit = TimeAmount(timeout)
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.seconds(2))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(ResponseCollector(request, promise: promise))
        }
      }
    let deadline = loop.scheduleTask(in: limit) { promise.fail(ChannelError.connectTimeout(limit)) }
    let connection = bootstrap.connect(unixDomainSocketPath: path)
    connection.whenFailure { promise.fail($0) }
    do {
      let response = try await promise.futureResult.get()
      deadline.cancel()
      return response
    } catch {
      deadline.cancel()
      connection.whenSuccess { $0.close(promise: nil) }
      throw error
    }
  }

  func failure(_ error: any Error, timeout: Duration) -> ControlClientError {
    switch error {
    case ChannelError.connectTimeout:
      return .timedOut(path: path, seconds: Int(timeout.components.seconds))
    case let error as ResponseCollector.Failure:
      return .badAnswer(path: path, reason: error.reason)
    case let error as IOError:
      switch error.errnoCode {
      case EACCES, EPERM: return .forbidden(path: path)
      case ENOENT: return .noDaemon(path: path, reason: "there is no such socket")
      case ECONNREFUSED: return .noDaemon(path: path, reason: "nobody listens; its daemon is dead")
      default: return .noDaemon(path: path, reason: "\(error)")
      }
    default:
      return .noDaemon(path: path, reason: "\(error)")
    }
  }
}
