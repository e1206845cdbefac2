import Glibc
import NIOCore
import NIOPosix
import SwitchModel

/// `udp` and `dns`: one datagram from a socket connected to the target, so that its refusal by ICMP is heard.
final class DatagramMethod: ProbeMethod {
  /// What an answer means; nil: it is none, wait for another.
  typealias Judge = (ByteBufferView) -> ProbeOutcome?

  private let target: ProbeTarget
  private let port: UInt16
  private let loop: any EventLoop
  /// The datagram of the next probe, and how to judge the answers to it.
  private let ask: () -> ([UInt8], Judge)

  init(_ job: ProbeJob, port: UInt16, _ loop: any EventLoop, ask: @escaping () -> ([UInt8], Judge)) {
    target = job.target
    self.port = port
    self.loop = loop
    self.ask = ask
  }

  static func udp(_ job: ProbeJob, _ loop: any EventLoop) -> DatagramMethod {
    let (send, expect) = (job.configuration.send, job.configuration.expect)
    return DatagramMethod(job, port: job.configuration.port ?? 0, loop) {
      (send, { $0.starts(with: expect) ? .success : .failure("unexpected answer \(FailureText.quoted($0))") })
    }
  }

  func begin(_ completion: @escaping ProbeCompletion) -> any ProbeAttempt {
    let attempt = DatagramAttempt(completion)
    let (datagram, judge) = ask()
    do {
      try attempt.start(to: target, port: port, datagram, judge, on: loop)
    } catch {
      attempt.finish(.failure(FailureText.of(error)))
    }
    return attempt
  }
}

final class DatagramAttempt: ProbeAttempt {
  private var completion: ProbeCompletion?
  fileprivate var channel: (any Channel)?

  init(_ completion: @escaping ProbeCompletion) { self.completion = completion }

  fileprivate func start(
    to target: ProbeTarget, port: UInt16, _ datagram: [UInt8], _ judge: @escaping DatagramMethod.Judge,
    on loop: any EventLoop
  ) throws {
    let descriptor = try SocketSettings(target).makeSocket(type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
    let code = target.address.withSocketAddress(port: port) { connect(descriptor, $0, $1) }
    // Sent before NIO has it: there is room for the first datagram of a socket.
    guard code == 0, send(descriptor, datagram, datagram.count, 0) == datagram.count else {
      let error = IOError(errnoCode: errno, reason: "send")
      close(descriptor)
      throw error
    }
    let bound = NIOLoopBound((self, judge), eventLoop: loop)
    DatagramBootstrap(group: loop).channelInitializer { channel in
      let (attempt, judge) = bound.value
      attempt.channel = channel
      return channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(DatagramReader(attempt, judge))
      }
    }.withBoundSocket(descriptor).whenFailure {
      bound.value.0.finish(.failure(FailureText.of($0)))
    }
  }

  func finish(_ outcome: ProbeOutcome) {
    guard let completion else { return }
    cancel()
    completion(outcome)
  }

  func cancel() {
    completion = nil
    channel?.close(promise: nil)
    channel = nil
  }
}

private final class DatagramReader: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let attempt: DatagramAttempt
  private let judge: DatagramMethod.Judge

  init(_ attempt: DatagramAttempt, _ judge: @escaping DatagramMethod.Judge) {
    self.attempt = attempt
    self.judge = judge
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if let outcome = judge(unwrapInboundIn(data).data.readableBytesView) { attempt.finish(outcome) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    attempt.finish(.failure(FailureText.of(error)))
  }

  func channelInactive(context: ChannelHandlerContext) { attempt.finish(.failure("connection refused")) }
}
