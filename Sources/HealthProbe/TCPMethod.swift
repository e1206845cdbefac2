import NIOCore
import SwitchModel
import Wire

/// `tcp`: connects; then sends and compares the answer, if it shall.
final class TCPMethod: ProbeMethod {
  private let address: IPAddress
  private let settings: SocketSettings
  private let configuration: ProbeConfiguration
  private let connector: Connector
  private let loop: any EventLoop

  init(_ job: ProbeJob, _ loop: any EventLoop, _ connector: Connector) {
    address = job.target.address
    settings = SocketSettings(job.target)
    configuration = job.configuration
    self.connector = connector
    self.loop = loop
  }

  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt {
    let attempt = StreamAttempt(completion)
    let (send, expect) = (configuration.send, configuration.expect)
    var talk: ((any Channel, StreamAttempt) throws -> Void)?
    if !send.isEmpty || !expect.isEmpty {
      talk = { channel, attempt in
        try channel.pipeline.syncOperations.addHandler(TCPTalk(attempt, send: send, expect: expect))
      }
    }
    // What was sent must arrive, so no reset may overtake it.
    attempt.connect(
      to: address, port: configuration.port ?? 0, settings, resets: send.isEmpty || !expect.isEmpty,
      connector,
      on: loop, install: talk)
    return attempt
  }
}

/// The conversation of a `tcp` probe.
final class TCPTalk: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let attempt: StreamAttempt
  private let send: [UInt8]
  private var rest: ArraySlice<UInt8>
  private var heard: [UInt8] = []

  init(_ attempt: StreamAttempt, send: [UInt8], expect: [UInt8]) {
    self.attempt = attempt
    self.send = send
    rest = expect[...]
  }

  func channelActive(context: ChannelHandlerContext) {
    attempt.await("answer")
    if !send.isEmpty {
      context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: send)), promise: nil)
    }
    if rest.isEmpty { attempt.succeed() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !attempt.isDone else { return }
    let bytes = unwrapInboundIn(data).readableBytesView
    if heard.count < 40 { heard += bytes.prefix(40) }
    let count = min(rest.count, bytes.count)
    guard rest.prefix(count).elementsEqual(bytes.prefix(count)) else {
      attempt.finish(.failure("unexpected answer \(FailureText.quoted(heard))"))
      return
    }
    rest = rest.dropFirst(count)
    if rest.isEmpty { attempt.succeed() }
  }

  func channelInactive(context: ChannelHandlerContext) { attempt.finish(.failure("connection closed")) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { attempt.fail(error) }
}
