import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on the loopback interface that does what a test says.
final class TestServer: Sendable {
  enum Manner: Sendable {
    /// Answers what it is sent, once it has been sent as many bytes (or a whole HTTP head).
    case answers(@Sendable ([UInt8]) -> [UInt8]?)
    /// Says this to whoever connects, and goes.
    case says([UInt8])
    case resets
    case silent
  }

  let port: UInt16
  private let channel: any Channel

  private init(_ channel: any Channel) {
    self.channel = channel
    port = UInt16(channel.localAddress?.port ?? 0)
  }

  static func tcp(_ manner: Manner, tls: NIOSSLContext? = nil, host: String = "127.0.0.1") async throws
    -> TestServer
  {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(StreamManner(manner))
        }
      }.bind(host: host, port: 0).get()
    return TestServer(channel)
  }

  static func udp(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) async throws -> TestServer {
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramManner(answer))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    return TestServer(channel)
  }

  /// A response with its length.
  static func http(_ status: String, _ body: String = "", headers: String = "") -> Manner {
    .answers { request in
      guard String(decoding: request, as: UTF8.self).contains("\r\n\r\n") else { return nil }
      return Array("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }
  }

  func close() async throws { try await channel.close() }
}

private final class StreamManner: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let manner: TestServer.Manner
  private var heard: [UInt8] = []

  init(_ manner: TestServer.Manner) { self.manner = manner }

  func channelActive(context: ChannelHandlerContext) {
    switch manner {
    case .says(let bytes):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      context.close(promise: nil)
    case .resets:
      if let options = context.channel as? any SocketOptionProvider {
        let channel = context.channel
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
      }
    case .answers, .silent: break
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    heard += unwrapInboundIn(data).readableBytesView
    guard case .answers(let answer) = manner, let bytes = answer(heard) else { return }
    heard = []
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class DatagramManner: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let answer: @Sendable ([UInt8]) -> [UInt8]?

  init(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    guard let bytes = answer(Array(envelope.data.readableBytesView)) else { return }
    context.writeAndFlush(
      wrapOutboundOut(
        AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: bytes))),
      promise: nil)
  }
}
