import NIOCore
import NIOHTTP1
import NIOPosix
public import SwitchModel

extension ControlClient {
  /// Events as they come, each with its JSON. Ends with an error: `noDaemon` when the daemon goes, `timedOut` when it
  /// says nothing for so long that it must be stuck.
  ///
  /// - Parameters:
  ///   - after: first those kept after this number, 0: all; nil: only new ones.
  ///   - silence: how long nothing may come. The daemon gives a sign of life each 15 s.
  public func followEvents(
    after: UInt64?, silence: Duration = .seconds(60)
  ) -> AsyncThrowingStream<(row: EventRow, json: [UInt8]), any Error> {
    let request = ControlRequest(
      target: target("events/follow", [("after", after.map(String.init))]), accept: "text/event-stream")
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: (row: EventRow, json: [UInt8]).self)
    let client = self
    let collector = { @Sendable () -> EventCollector in
      EventCollector(request, silence: TimeAmount(silence)) { part in
        switch part {
        case .event(let json):
          do throws(ControlClientError) {
            continuation.yield((try client.decode(EventRow.self, json), json))
          } catch {
            continuation.finish(throwing: error)
          }
        case .refusal(let status, let body):
          continuation.finish(throwing: client.refusal(status: status, body: body))
        case .silence:
          let seconds = Int(silence.components.seconds)
          continuation.finish(throwing: ControlClientError.timedOut(path: client.path, seconds: seconds))
        case .failure(let reason):
          continuation.finish(throwing: ControlClientError.badAnswer(path: client.path, reason: reason))
        case .end:
          continuation.finish(
            throwing: ControlClientError.noDaemon(path: client.path, reason: "the daemon has gone"))
        }
      }
    }
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
      .connectTimeout(.seconds(2))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(collector())
        }
      }
    let connection = bootstrap.connect(unixDomainSocketPath: path)
    connection.whenFailure {
      continuation.finish(throwing: client.failure($0, timeout: .seconds(2)))
    }
    continuation.onTermination = { _ in connection.whenSuccess { $0.close(promise: nil) } }
    return stream
  }
}
