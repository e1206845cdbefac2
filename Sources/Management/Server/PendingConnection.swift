import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A connection between accept and its handler.
///
/// NIO ends the process when an asynchronous channel goes away that nobody ran ("Deinited NIOAsyncWriter without
/// calling finish()"), and Hummingbird drops the connections that were accepted in the moment in which it stops. A
/// daemon that puts its ports back when it stops must not die just then: such a connection is run here, for nothing.
final class PendingConnection: ServerChildChannelValue {
  typealias Connection = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  private let connection: Connection
  private let isTaken = Mutex(false)

  var channel: any Channel { connection.channel }

  init(_ connection: Connection) { self.connection = connection }

  /// The connection, for who will run it.
  func take() -> Connection {
    isTaken.withLock { $0 = true }
    return connection
  }

  deinit {
    guard !isTaken.withLock({ $0 }) else { return }
    let connection = connection
    Task { try? await connection.executeThenClose { _, _ in } }
  }
}
