import NIOCore
import NIOHTTP1

/// Sends a request for events and takes their stream apart (WHATWG HTML §9.2.6).
final class EventCollector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  enum Part: Sendable {
    /// The data of an event.
    case event([UInt8])
    case refusal(status: Int, body: [UInt8])
    /// Nothing came for too long.
    case silence
    case failure(String)
    /// The connection was closed; nothing comes any more after this and the three above.
    case end
  }

  /// Bytes of an event, and of a refusal.
  static let maximum = 1 << 20

  private let request: ControlRequest
  private let silence: TimeAmount
  private let onPart: @Sendable (Part) -> Void
  private var status = 0
  /// What has come and is no whole line yet, or the body of a refusal.
  private var rest: [UInt8] = []
  private var data: [UInt8] = []
  private var timer: Scheduled<Void>?
  private var isDone = false

  init(_ request: ControlRequest, silence: TimeAmount, onPart: @escaping @Sendable (Part) -> Void) {
    self.request = request
    self.silence = silence
    self.onPart = onPart
  }

  func channelActive(context: ChannelHandlerContext) {
    request.send(context, wrapOutboundOut)
    setTimer(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDone else { return }
    setTimer(context)
    switch unwrapInboundIn(data) {
    case .head(let head): status = Int(head.status.code)
    case .body(let part):
      rest += part.readableBytesView
      if status == 200 { readLines() }
      if rest.count > EventCollector.maximum || self.data.count > EventCollector.maximum {
        finish(context, .failure("an event of more than \(EventCollector.maximum) bytes"))
      }
    case .end: finish(context, status == 200 ? .end : .refusal(status: status, body: rest))
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A daemon that dies resets its connections.
    finish(context, error is IOError ? .end : .failure("\(error)"))
  }

  func channelInactive(context: ChannelHandlerContext) { finish(context, .end) }

  private func readLines() {
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      take(line: rest[start..<end])
      start = end + 1
    }
    rest.removeSubrange(..<start)
  }

  /// `id` and `event` are in the data as well, so they are passed over like comments.
  private func take(line: ArraySlice<UInt8>) {
    guard !line.isEmpty else {
      if !data.isEmpty { onPart(.event(data)) }
      data = []
      return
    }
    let field = Array("data:".utf8)
    guard line.starts(with: field) else { return }
    let value = line.dropFirst(field.count)
    data += value.first == UInt8(ascii: " ") ? value.dropFirst() : value
  }

  private func setTimer(_ context: ChannelHandlerContext) {
    timer?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: silence) {
      let (collector, context) = bound.value
      collector.finish(context, .silence)
    }
  }

  private func finish(_ context: ChannelHandlerContext, _ part: Part) {
    guard !isDone else { return }
    isDone = true
    timer?.cancel()
    onPart(part)
    context.close(promise: nil)
  }
}
