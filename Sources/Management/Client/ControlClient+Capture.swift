import NIOCore
import NIOHTTP1
import NIOPosix
public import SwitchModel

extension ControlClient {
  /// A capture as pcapng, in parts as they come. Returns when the capture ends by itself, or when the task is cancelled.
  ///
  /// - Parameter take: while it works, nothing more is read from the daemon.
  public func capture(
    _ request: CaptureRequest, _ take: @Sendable ([UInt8]) throws -> Void
  ) async throws {
    let asked = ControlRequest(
      target: target(
        "capture",
        [
          ("port", request.ports.isEmpty ? nil : request.ports.joined(separator: ",")),
          ("filter", request.filter.isEmpty ? nil : request.filter), ("snap", "\(request.snap)"),
          ("count", request.count.map(String.init)),
        ]), accept: "application/x-pcapng")
    let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
    do {
      channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(2))
        .connect(unixDomainSocketPath: path) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      throw failure(error, timeout: .seconds(2))
    }
    try await channel.executeThenClose { inbound, outbound in
      let headers: HTTPHeaders = ["host": "localhost", "accept": asked.accept, "connection": "close"]
      let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: asked.target, headers: headers)
      try await outbound.write(.head(head))
      try await outbound.write(.end(nil))
      try await read(inbound, take)
    }
  }

  private func read(
    _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
    _ take: @Sendable ([UInt8]) throws -> Void
  ) async throws {
    var status = 0
    var refused: [UInt8] = []
    let gone = ControlClientError.noDaemon(path: path, reason: "the daemon has gone")
    var parts = inbound.makeAsyncIterator()
    while true {
      let next: HTTPClientResponsePart?
      do { next = try await parts.next() } catch {
        // A daemon that goes breaks off in the midst of its answer.
        if Task.isCancelled { return }
        throw gone
      }
      guard let part = next else { break }
      switch part {
      case .head(let head): status = Int(head.status.code)
      case .body(let body) where status == 200: try take(Array(body.readableBytesView))
      case .body(let body):
        refused += body.readableBytesView
        if refused.count > 1 << 20 { throw refusal(status: status, body: []) }
      case .end:
        if status != 200 { throw refusal(status: status, body: refused) }
        return
      }
    }
    if !Task.isCancelled { throw gone }
  }
}
