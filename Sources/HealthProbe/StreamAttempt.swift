import Glibc
import NIOCore
import Wire
import NIOPosix

/// A probe over a TCP connection: makes it, hands it to the handlers of its kind, and closes it when they are done.
final class StreamAttempt: ProbeAttempt {
  private(set) var awaited = "connection"
  private var completion: ProbeCompletion?
  private weak var connector: Connector?
  private var ticket: UInt64?
  private var channel: (any Channel)?

  init(_ completion: @escaping ProbeCompletion) { self.completion = completion }

  var isDone: Bool { completion == nil }

  /// - Parameters:
  ///   - resets: closed by a reset: nothing more is to be said, and no socket waits for a minute on either side
  ///     (TIME-WAIT).
  ///   - install: adds the handlers of the conversation; nil: the connection is all that is wanted.
  func connect(
    to address: IPAddress, port: UInt16, _ settings: SocketSettings, resets: Bool, _ connector: Connector,
    on loop: any EventLoop, install: ((any Channel, StreamAttempt) throws -> Void)?
  ) {
    self.connector = connector
    do {
      ticket = try connector.connect(to: address, port: port, settings) { [self] result in
        ticket = nil
        switch result {
        case .success(let descriptor): connected(descriptor, resets, loop, install)
        case .failure(let error): fail(error)
        }
      }
    } catch {
      fail(error)
    }
  }

  private func connected(
    _ descriptor: Int32, _ resets: Bool, _ loop: any EventLoop,
    _ install: ((any Channel, StreamAttempt) throws -> Void)?
  ) {
    if resets {
      var value = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }
    guard let install else {
      close(descriptor)
      succeed()
      return
    }
    let bound = NIOLoopBound((self, install), eventLoop: loop)
    ClientBootstrap(group: loop)
      .channelInitializer { channel in
        let (attempt, install) = bound.value
        attempt.channel = channel
        return channel.eventLoop.makeCompletedFuture {
          if resets { try channel.pipeline.syncOperations.addHandler(CutHandler()) }
          try install(channel, attempt)
        }
      }
      // From here on the channel owns the descriptor.
      .withConnectedSocket(descriptor).whenFailure { bound.value.0.fail($0) }
  }

  /// Connected: what is awaited from now on.
  func await(_ what: String) { awaited = what }

  func succeed() { finish(.success) }
  func fail(_ error: any Error) { finish(.failure(FailureText.of(error))) }

  func finish(_ outcome: ProbeOutcome) {
    guard let completion else { return }
    release()
    completion(outcome)
  }

  func cancel() { release() }

  private func release() {
    completion = nil
    if let ticket { connector?.cancel(ticket) }
    ticket = nil
    guard let channel else { return }
    self.channel = nil
    if let context = try? channel.pipeline.syncOperations.context(handlerType: CutHandler.self) {
      context.close(promise: nil)
    } else {
      channel.close(promise: nil)
    }
  }
}

/// The handler next to the socket: to close from here is to close without TLS's or anybody's goodbye.
private final class CutHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
}
