import Glibc
import NIOCore
import NIOPosix
import Wire

/// The raw sockets of `icmp` probes: one for each family, source and interface, whatever the number of targets. The mark
/// is set before each request; the kernel looks at it while it sends.
final class EchoSockets {
  struct Key: Hashable {
    var settings: SocketSettings
  }

  private let loop: any EventLoop
  private var sockets: [Key: EchoSocket] = [:]
  private var random: RandomSource

  init(_ loop: any EventLoop, seed: UInt64) {
    self.loop = loop
    random = RandomSource(seed: seed)
  }

  /// - Throws: `IOError` where raw sockets are not permitted.
  func socket(_ settings: SocketSettings) throws -> EchoSocket {
    var shared = settings
    shared.mark = 0
    let key = Key(settings: shared)
    if let known = sockets[key] { return known }
    let made = try EchoSocket(shared, loop)
    sockets[key] = made
    return made
  }

  /// Identifier and sequence number of a request.
  func nextTag() -> UInt32 { UInt32(truncatingIfNeeded: random.next()) }

  /// A gone socket is made anew when it is needed.
  func closeAll() {
    for socket in sockets.values { socket.close() }
    sockets = [:]
  }
}

/// One of them.
final class EchoSocket {
  private struct Waiting {
    var address: IPAddress
    var attempt: EchoAttempt
  }

  private let isIPv6: Bool
  private let descriptor: Int32
  private var channel: (any Channel)?
  private var waiting: [UInt32: Waiting] = [:]

  init(_ settings: SocketSettings, _ loop: any EventLoop) throws {
    isIPv6 = settings.isIPv6
    descriptor = try settings.makeSocket(
      type: Int32(SOCK_RAW.rawValue), protocol: isIPv6 ? 58 /* ICMPv6 */ : Int32(IPPROTO_ICMP))
    Self.keepEchoReplies(descriptor, isIPv6: isIPv6)
    let bound = NIOLoopBound(self, eventLoop: loop)
    // From here on the channel owns the descriptor.
    DatagramBootstrap(group: loop).channelInitializer { channel in
      let socket = bound.value
      socket.channel = channel
      return channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(EchoReader(socket))
      }
    }.withBoundSocket(descriptor).whenFailure { _ in bound.value.channel = nil }
  }

  var isUsable: Bool { channel != nil }

  /// The kernel then wakes us for echo replies only (ICMP_FILTER of raw(7), ICMP6_FILTER of RFC 3542 §3.2).
  private static func keepEchoReplies(_ descriptor: Int32, isIPv6: Bool) {
    if isIPv6 {
      var blocked = [UInt32](repeating: .max, count: 8)
      blocked[Int(ICMPEcho.replyV6) / 32] &= ~(1 << (UInt32(ICMPEcho.replyV6) % 32))
      _ = setsockopt(descriptor, 58, 1, blocked, 32)
    } else {
      var blocked = ~(UInt32(1) << UInt32(ICMPEcho.replyV4))
      _ = setsockopt(descriptor, 255, 1, &blocked, 4)
    }
  }

  func send(tag: UInt32, to address: IPAddress, mark: UInt32, _ attempt: EchoAttempt) throws {
    guard channel != nil else { throw IOError(errnoCode: EBADF, reason: "raw socket") }
    try SocketSettings.setMark(mark, of: descriptor, unless: &currentMark)
    let request = ICMPEcho.request(tag: tag, isIPv6: isIPv6)
    let sent = address.withSocketAddress(port: 0) { pointer, length in
      sendto(descriptor, request, request.count, 0, pointer, length)
    }
    if sent < 0 { throw IOError(errnoCode: errno, reason: "sendto") }
    waiting[tag] = Waiting(address: address, attempt: attempt)
  }

  private var currentMark: UInt32 = 0

  func forget(tag: UInt32) { waiting[tag] = nil }

  fileprivate func received(_ bytes: ByteBufferView, from address: IPAddress?) {
    guard let tag = ICMPEcho.replyTag(bytes, isIPv6: isIPv6), let found = waiting[tag],
      found.address == address
    else { return }
    waiting[tag] = nil
    found.attempt.answered()
  }

  fileprivate func failed() { channel = nil }

  func close() {
    channel?.close(promise: nil)
    channel = nil
    waiting = [:]
  }
}

extension SocketSettings {
  fileprivate static func setMark(_ mark: UInt32, of descriptor: Int32, unless current: inout UInt32) throws {
    guard mark != current else { return }
    try setMark(mark, of: descriptor)
    current = mark
  }
}

private final class EchoReader: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let socket: EchoSocket

  init(_ socket: EchoSocket) { self.socket = socket }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    socket.received(envelope.data.readableBytesView, from: IPAddress(envelope.remoteAddress))
  }

  func channelInactive(context: ChannelHandlerContext) { socket.failed() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

extension IPAddress {
  fileprivate init?(_ address: SocketAddress) {
    // sockaddr_in and sockaddr_in6 of linux/in.h and linux/in6.h.
    let bytes = address.withSockAddr { pointer, size -> [UInt8] in
      let raw = UnsafeRawBufferPointer(start: pointer, count: size)
      return switch Int32(pointer.pointee.sa_family) {
      case AF_INET: Array(raw[4..<8])
      case AF_INET6: Array(raw[8..<24])
      default: []
      }
    }
    self.init(bytes: bytes)
  }
}
