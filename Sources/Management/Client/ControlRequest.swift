import NIOCore
import NIOHTTP1

/// A request as it goes to the daemon.
struct ControlRequest: Sendable {
  var method = HTTPMethod.GET
  /// Path and query.
  var target: String
  /// Nil: none.
  var body: [UInt8]?
  /// Of the body.
  var contentType = "application/json"
  var accept = "application/json"

  /// Writes the whole request.
  func send(_ context: ChannelHandlerContext, _ wrap: (HTTPClientRequestPart) -> NIOAny) {
    var headers: HTTPHeaders = ["host": "localhost", "accept": accept, "connection": "close"]
    if let body {
      headers.add(name: "content-type", value: contentType)
      headers.add(name: "content-length", value: "\(body.count)")
    }
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
    context.write(wrap(.head(head)), promise: nil)
    if let body { context.write(wrap(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
    context.writeAndFlush(wrap(.end(nil)), promise: nil)
  }
}
