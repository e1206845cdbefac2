import NIOCore
import NIOHTTP1

/// Tells Hummingbird, which knows only the word `close`, when a connection ends with its answer: after HTTP/1.0, which
/// knows no other way to tell an answer's end (RFC 9112 §9.3), and where the option stands among others or in other
/// letters (RFC 9110 §7.6.1). Otherwise a client that waits for the end would wait until the connection is idle for long.
final class ConnectionEnd: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private var received: UInt64 = 0
  private var answered: UInt64 = 0
  /// The first request of HTTP/1.0, counted from 1; there is none after it.
  private var firstOld = UInt64.max

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      context.fireChannelRead(data)
      return
    }
    received += 1
    let isOld = (head.version.major, head.version.minor) < (1, 1)
    if isOld { firstOld = min(firstOld, received) }
    let options = head.headers[canonicalForm: "connection"]
    if isOld || options.contains(where: { $0.lowercased() == "close" }) {
      head.headers.replaceOrAdd(name: "connection", value: "close")
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where answered + 1 >= firstOld:
      // Without chunks: HTTP/1.0 has none.
      head.version = .http1_0
      head.headers.replaceOrAdd(name: "connection", value: "close")
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      answered += 1
      context.write(data, promise: promise)
    case .head, .body: context.write(data, promise: promise)
    }
  }
}
