import NIOCore
import NIOPosix
import NIOSSL

/// One connection with TLS to a server on this machine, for several requests one after the other.
public final class TLSConversation: Sendable {
  private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

  /// - Parameter authority: PEM; who must have signed the server's certificate.
  public init(port: Int, authority: String) async throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
    let context = try NIOSSLContext(configuration: configuration)
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: "switch.example"))
          return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
      }
  }

  /// Gives `body` a way to ask: what comes until the text is in it, or until the other end closes.
  public func run(
    _ body: (_ ask: (_ text: String, _ end: String) async throws -> String) async throws -> Void
  ) async throws {
    try await channel.executeThenClose { inbound, outbound in
      var parts = inbound.makeAsyncIterator()
      try await body { text, end in
        try await outbound.write(ByteBuffer(string: text))
        var got = ""
        while !got.contains(end), let part = try await parts.next() { got += String(buffer: part) }
        return got
      }
    }
  }
}
