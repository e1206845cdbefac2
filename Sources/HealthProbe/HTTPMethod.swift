import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS
import SwitchModel
import Wire

/// `http` and `https`: one request over a connection of its own (RFC 9112), its status and body compared.
final class HTTPMethod: ProbeMethod {
  private let address: IPAddress
  private let port: UInt16
  private let settings: SocketSettings
  private let configuration: ProbeConfiguration
  private let head: HTTPRequestHead
  private let tls: TLSSettings?
  private let connector: Connector
  private let loop: any EventLoop

  init(_ job: ProbeJob, _ loop: any EventLoop, _ connector: Connector, _ contexts: TLSContexts) {
    let wanted = job.configuration
    address = job.target.address
    port = wanted.port ?? (wanted.kind == .https ? 443 : 80)
    settings = SocketSettings(job.target)
    configuration = wanted
    head = Self.head(job)
    tls = wanted.kind == .https ? TLSSettings(wanted, contexts) : nil
    self.connector = connector
    self.loop = loop
  }

  private static func head(_ job: ProbeJob) -> HTTPRequestHead {
    let wanted = job.configuration
    var head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethodName(rawValue: wanted.method), uri: wanted.path ?? "/")
    let address = job.target.address
    let host = wanted.host ?? (address.isIPv6 ? "[\(address)]" : "\(address)")
    // RFC 9110 §7.2: the port is named unless it is the scheme's own.
    let port = wanted.port.flatMap { $0 == (wanted.kind == .https ? 443 : 80) ? nil : ":\($0)" } ?? ""
    head.headers = [
      "Host": wanted.host ?? host + port, "User-Agent": "FlowSwitch", "Accept": "*/*", "Connection": "close",
    ]
    return head
  }

  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt {
    let attempt = StreamAttempt(completion)
    attempt.connect(to: address, port: port, settings, resets: true, connector, on: loop) {
      [head, tls, configuration] channel, attempt in
      let pipeline = channel.pipeline.syncOperations
      if let tls { try pipeline.addHandler(try tls.makeHandler()) }
      try pipeline.addHandler(HTTPRequestEncoder(configuration: .init()))
      try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
      try pipeline.addHandler(HTTPTalk(attempt, head, configuration, isSecure: tls != nil))
    }
    return attempt
  }
}

private typealias HTTPMethodName = NIOHTTP1.HTTPMethod

/// The conversation of an `http` probe.
final class HTTPTalk: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  /// How much of a body is looked at.
  private static let bodyLimit = 64 * 1024

  private let attempt: StreamAttempt
  private let head: HTTPRequestHead
  private let configuration: ProbeConfiguration
  private let isSecure: Bool
  private var body: [UInt8] = []

  init(_ attempt: StreamAttempt, _ head: HTTPRequestHead, _ configuration: ProbeConfiguration, isSecure: Bool)
  {
    self.attempt = attempt
    self.head = head
    self.configuration = configuration
    self.isSecure = isSecure
  }

  func channelActive(context: ChannelHandlerContext) {
    if isSecure { attempt.await("TLS handshake") } else { ask(context) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted(_) = event { ask(context) }
  }

  private func ask(_ context: ChannelHandlerContext) {
    attempt.await("answer")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !attempt.isDone else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      let code = Int(head.status.code)
      if !configuration.statuses.contains(where: { $0.contains(code) }) {
        attempt.finish(.failure("status \(code)"))
      } else if configuration.body == nil {
        attempt.succeed()
      }
    case .body(let part):
      body += part.readableBytesView.prefix(Self.bodyLimit - body.count)
      if body.count == Self.bodyLimit { compare() }
    case .end: compare()
    }
  }

  private func compare() {
    let wanted = Array((configuration.body ?? "").utf8)
    let isFound = wanted.isEmpty || ByteSearch.contains(wanted, in: body)
    attempt.finish(isFound ? .success : .failure("the body does not contain \(FailureText.quoted(wanted))"))
  }

  func channelInactive(context: ChannelHandlerContext) { attempt.finish(.failure("connection closed")) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { attempt.fail(error) }
}
