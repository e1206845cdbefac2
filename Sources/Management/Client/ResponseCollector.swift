import NIOCore
import NIOHTTP1

/// Sends one request and puts the parts of its answer together.
final class ResponseCollector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  /// Bytes; a million rows are a tenth of it.
  static let maximumBody = 1 << 30

  struct Failure: Error {
    var reason: String
  }

  private let request: ControlRequest
  private let promise: EventLoopPromise<ControlResponse>
  private var status = 0
  private var body: [UInt8] = []
  private var isDone = false

  init(_ request: ControlRequest, promise: EventLoopPromise<ControlResponse>) {
    self.request = request
    self.promise = promise
  }

  func channelActive(context: ChannelHandlerContext) {
    request.send(context, wrapOutboundOut)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): status = Int(head.status.code)
    case .body(let part):
      guard body.count + part.readableBytes <= ResponseCollector.maximumBody else {
        fail(context, "the answer has more than \(ResponseCollector.maximumBody) bytes")
        return
      }
      body += part.readableBytesView
    case .end:
      isDone = true
      promise.succeed(ControlResponse(status: status, body: body))
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, "\(error)") }

  func channelInactive(context: ChannelHandlerContext) { fail(context, "the connection was closed") }

  private func fail(_ context: ChannelHandlerContext, _ reason: String) {
    guard !isDone else { return }
    isDone = true
    promise.fail(Failure(reason: reason))
    context.close(promise: nil)
  }
}
