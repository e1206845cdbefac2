import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Hummingbird's HTTP/1.1, with connections that may be dropped.
struct ConnectionHandler: ServerChildChannel {
  let inner: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<PendingConnection> {
    inner.setup(channel: channel, logger: logger).map { PendingConnection($0) }
  }

  func handle(value: PendingConnection, logger: Logger) async {
    await inner.handle(value: value.take(), logger: logger)
  }
}
