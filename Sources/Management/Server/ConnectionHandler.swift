import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Hummingbird's HTTP/1.1, with connections that may be dropped, and with TLS below it where the listener has it.
struct ConnectionHandler: ServerChildChannel {
  let inner: HTTP1Channel
  /// Nil: none. Asked for each connection: the certificate may have changed.
  let tls: @Sendable () -> NIOSSLContext?

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<PendingConnection> {
    channel.eventLoop.makeCompletedFuture {
      if let tls = tls() {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
      }
    }.flatMap {
      inner.setup(channel: channel, logger: logger).flatMapThrowing { connection in
        let connection = PendingConnection(connection)
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(ConnectionEnd(), position: .after(decoder))
        return connection
      }
    }
  }

  func handle(value: PendingConnection, logger: Logger) async {
    await inner.handle(value: value.take(), logger: logger)
  }
}
