import Glibc
import NIOCore
import NIOPosix

/// A probe over a TCP connection: makes it, hands it to the handlers of its kind, and closes it when they are done.
final class StreamAttempt: ProbeAttempt {
  private(set) var awaited = "connection"
  private var completion: ProbeCompletion?
  private var channel: (any Channel)?

  init(_ completion: @escaping ProbeCompletion) { self.completion = completion }

  var isDone: Bool { completion == nil }

  func connect(
    to address: SocketAddress, _ settings: SocketSettings, patience: Duration, resets: Bool,
    on loop: any EventLoop,
    install: @escaping (any Channel, StreamAttempt) throws -> Void
  ) {
    let bound = NIOLoopBound((self, install), eventLoop: loop)
    let local = settings.source.flatMap { try? $0.socketAddress(port: 0) }
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.nanoseconds(patience.nanosecondCount))
      .channelInitializer { channel in
        let (attempt, install) = bound.value
        guard !attempt.isDone else {
          return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        attempt.channel = channel
        return channel.eventLoop.makeCompletedFuture {
          if resets { try channel.pipeline.syncOperations.addHandler(CutHandler()) }
          try install(channel, attempt)
        }.flatMap {
          Self.apply(settings, resets: resets, to: channel)
        }.flatMap {
          // Not by the bootstrap, which binds before the options: a link-local source needs its interface first.
          guard let local else { return channel.eventLoop.makeSucceededVoidFuture() }
          return channel.bind(to: local)
        }
      }
    bootstrap.connect(to: address).whenFailure { bound.value.0.fail($0) }
  }

  private static func apply(
    _ settings: SocketSettings, resets: Bool, to channel: any Channel
  ) -> EventLoopFuture<Void> {
    var result = channel.eventLoop.makeSucceededVoidFuture()
    guard let options = channel as? any SocketOptionProvider else { return result }
    if settings.mark != 0 {
      result = options.unsafeSetSocketOption(
        level: .socket, name: NIOBSDSocket.Option(rawValue: SO_MARK), value: settings.mark)
    }
    if let interface = settings.interface {
      let name = InterfaceNameField(interface)
      let mark = result
      result = options.unsafeSetSocketOption(
        level: .socket, name: NIOBSDSocket.Option(rawValue: SO_BINDTODEVICE), value: name
      ).flatMap { mark }
    }
    if settings.source != nil, !settings.isIPv6 {
      // Ports are taken for the pair of addresses then, not for the source alone: thousands of targets share it.
      let before = result
      result = options.unsafeSetSocketOption(
        level: .ip, name: NIOBSDSocket.Option(rawValue: 24 /* IP_BIND_ADDRESS_NO_PORT */), value: Int32(1)
      ).flatMap { before }
    }
    guard resets else { return result }
    // Closed by a reset: nothing more is to be said, and no socket waits for a minute on either side (TIME-WAIT).
    let before = result
    return options.unsafeSetSocketOption(
      level: .socket, name: .so_linger, value: linger(l_onoff: 1, l_linger: 0)
    )
    .flatMap { before }
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

/// A name in 16 bytes, as `SO_BINDTODEVICE` takes it.
private struct InterfaceNameField: Sendable {
  private var words: (UInt64, UInt64) = (0, 0)

  init(_ name: String) {
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: name.utf8.prefix(15)) }
  }
}
