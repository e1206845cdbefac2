import NIOCore
import NIOPosix
import NIOSSL

/// Speaks TLS to a server on this machine.
public enum TLSClient {
  /// Sends the text and gives back everything that comes until the other end closes.
  ///
  /// - Parameters:
  ///   - authority: PEM; who must have signed the server's certificate.
  ///   - oldest: speak nothing newer than TLS 1.1.
  ///   - socket: connected already, perhaps in another network namespace; it is closed here.
  public static func exchange(
    port: Int, authority: String, oldest: Bool = false, socket: Int32? = nil, _ text: String
  ) async throws -> String {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
    if oldest {
      configuration.minimumTLSVersion = .tlsv1
      configuration.maximumTLSVersion = .tlsv11
    }
    let context = try NIOSSLContext(configuration: configuration)
    let group = MultiThreadedEventLoopGroup.singleton
    let answer = group.next().makePromise(of: String.self)
    let bootstrap = ClientBootstrap(group: group).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          NIOSSLClientHandler(context: context, serverHostname: "switch.example"))
        try channel.pipeline.syncOperations.addHandler(Collector(text, answer))
      }
    }
    let channel: any Channel
    if let socket {
      channel = try await bootstrap.withConnectedSocket(socket).get()
    } else {
      channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
    }
    defer { channel.close(promise: nil) }
    return try await answer.futureResult.get()
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let text: String
    private let answer: EventLoopPromise<String>
    private var bytes: [UInt8] = []
    private var error: (any Error)?

    init(_ text: String, _ answer: EventLoopPromise<String>) {
      self.text = text
      self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += unwrapInboundIn(data).readableBytesView
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      // A server that closes without TLS' own farewell has still said what it had to.
      if bytes.isEmpty { self.error = error }
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      if let error { answer.fail(error) } else { answer.succeed(String(decoding: bytes, as: UTF8.self)) }
    }
  }
}
