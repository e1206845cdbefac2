import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps one connection within the limits where Hummingbird does not: a body that is long or trickles in, an answer
/// that nobody reads, bytes that are no HTTP (answered in JSON like every error).
///
/// Hummingbird's own handler behind this one closes connections that are idle or stop within a head.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: ServerLimits
  private let registry: ConnectionRegistry
  private var number: Int?
  private var deadline: Scheduled<Void>?
  private var bodyBytes = 0
  /// Bytes that the body of this request may have.
  private var bodyLimit = 0
  /// A head has come and its end not yet. Hummingbird may answer before the body is there.
  private var isReceiving = false
  /// Requests whose answer is not complete.
  private var pending = 0
  private var isRefusing = false
  /// The connection ends with the answers that are under way.
  private var isEnding = false
  /// The answer goes on for as long as the client takes its parts.
  private var isFollowing = false

  init(limits: ServerLimits, registry: ConnectionRegistry) {
    self.limits = limits
    self.registry = registry
  }

  func handlerAdded(context: ChannelHandlerContext) { number = registry.open(context.channel) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefusing else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      bodyBytes = 0
      let route = head.path.flatMap { Route(path: String($0.prefix { $0 != "?" })) }
      isFollowing = ConnectionGuard.isEndless(route)
      bodyLimit = route?.takesConfiguration == true ? limits.configuration : limits.body
      if let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
        refuse(
          context,
          APIError(.tooLarge, "a body of \(length) bytes; at most \(bodyLimit) are taken"))
        return
      }
      pending += 1
      isReceiving = true
      setDeadline(context, limits.receive)
    case .body(let part):
      bodyBytes += part.readableBytes
      if bodyBytes > bodyLimit {
        close(context)
        return
      }
    case .end:
      isReceiving = false
      if pending > 0, let number { registry.setBusy(number) }
      // Answered before it was complete: then only idle time counts.
      if pending == 0 { cancelDeadline() } else { setDeadline(context, limits.answer) }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else {
      writePart(context, data, promise)
      return
    }
    pending -= 1
    if pending == 0, let number { registry.setIdle(number) }
    let promise = promise ?? context.eventLoop.makePromise()
    let guardian = NIOLoopBound(self, eventLoop: context.eventLoop)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in
      guard guardian.value.pending == 0, !guardian.value.isReceiving else { return }
      guardian.value.cancelDeadline()
      if guardian.value.isEnding { bound.value.close(promise: nil) }
    }
    context.write(data, promise: promise)
  }

  /// Each part that a follower takes gives it time for the next.
  private func writePart(
    _ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
  ) {
    guard isFollowing, pending > 0 else {
      context.write(data, promise: promise)
      return
    }
    let promise = promise ?? context.eventLoop.makePromise()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenSuccess {
      let (guardian, context) = bound.value
      guard guardian.isFollowing, guardian.pending > 0, guardian.deadline != nil else { return }
      guardian.setDeadline(context, guardian.limits.answer)
    }
    context.write(data, promise: promise)
  }

  private static func isEndless(_ route: Route?) -> Bool {
    guard case .action(let action) = route else { return false }
    return action.isEndless
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.closedConnection where pending == 0:
      // More came after what was to be the last request, and was answered.
      break
    case is HTTPParserError where pending > 0 && !isReceiving:
      // What was asked before is answered all the same.
      isRefusing = true
      isEnding = true
    case HTTPParserError.headerOverflow:
      refuse(
        context, APIError(.tooLarge, "header fields of more than \(limits.headers) bytes"),
        status: 431)
    case let error as HTTPParserError:
      refuse(context, APIError(.malformed, "not HTTP/1.1: \(error)"))
    default:
      context.fireErrorCaught(error)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    cancelDeadline()
    leave()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    cancelDeadline()
    leave()
  }

  private func leave() {
    if let number { registry.close(number) }
    number = nil
  }

  /// Answers and closes. Where another answer is under way only the latter is possible.
  private func refuse(_ context: ChannelHandlerContext, _ error: APIError, status: Int? = nil) {
    guard pending == 0, !isRefusing else {
      close(context)
      return
    }
    isRefusing = true
    let response = APIResponse(error)
    guard case .whole(let bytes) = response.body else { return }
    var head = HTTPResponse(status: .init(code: status ?? response.status))
    head.headerFields[.contentType] = "application/json"
    head.headerFields[.contentLength] = String(bytes.count)
    head.headerFields[.connection] = "close"
    head.headerFields[.cacheControl] = "no-store"
    head.headerFields[.xContentTypeOptions] = "nosniff"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: bytes))), promise: nil)
    let context = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.value.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      context.value.close(promise: nil)
    }
  }

  private func close(_ context: ChannelHandlerContext) {
    isRefusing = true
    context.close(promise: nil)
  }

  private func setDeadline(_ context: ChannelHandlerContext, _ time: Duration) {
    cancelDeadline()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: TimeAmount(time)) {
      bound.value.close(promise: nil)
    }
  }

  private func cancelDeadline() {
    deadline?.cancel()
    deadline = nil
  }
}
