import Glibc
import Wire

/// A socket of an agent that never waits, TCP or UDP.
struct AgentSocket: ~Copyable {
  /// What a read or a write came to.
  enum Outcome: Equatable {
    case bytes([UInt8])
    /// Nothing now.
    case later
    case closed
    case failed(Int32)
  }

  private let descriptor: Descriptor
  var raw: Int32 { descriptor.raw }

  /// One that has been accepted.
  init(owning raw: Int32) { descriptor = Descriptor(owning: raw) }

  init(ipv6: Bool, stream: Bool) throws {
    let kind = Int32(stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
    let raw = socket(ipv6 ? AF_INET6 : AF_INET, kind | Self.flags, 0)
    guard raw >= 0 else { throw LabError.refused("cannot open a socket: \(errorText(errno))") }
    descriptor = Descriptor(owning: raw)
  }

  private static let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

  /// Bound, though the host may not have the address yet, or lose it for a while.
  static func bound(to address: IPAddress, port: UInt16, stream: Bool) throws -> AgentSocket {
    let socket = try AgentSocket(ipv6: address.isIPv6, stream: stream)
    var one: Int32 = 1
    let freeBind: Int32 = 15  // IP_FREEBIND, of both families
    setsockopt(socket.raw, Int32(IPPROTO_IP), freeBind, &one, 4)
    setsockopt(socket.raw, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    if address.isIPv6 { setsockopt(socket.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, 4) }
    let done = SocketName.with(SocketName.bytes(address, port: port)) { bind(socket.raw, $0, $1) }
    guard done == 0, !stream || listen(socket.raw, 512) == 0 else {
      throw LabError.refused("cannot serve \(address) port \(port): \(errorText(errno))")
    }
    return socket
  }

  /// Begins to connect; a failure shows with the first read or write.
  func connect(to address: IPAddress, port: UInt16) -> Int32 {
    SocketName.with(SocketName.bytes(address, port: port)) {
      Glibc.connect(raw, $0, $1) == 0 || errno == EINPROGRESS ? 0 : errno
    }
  }

  func accept() -> Int32? {
    let accepted = Glibc.accept(raw, nil, nil)
    guard accepted >= 0 else { return nil }
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
    var one: Int32 = 1
    setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    // A server that is killed leaves nothing behind: a socket with something that nobody acknowledges would hold its network
    // namespace for minutes. Not by TCP_USER_TIMEOUT: a cut cable is to be outlived.
    var abort = linger(l_onoff: 1, l_linger: 0)
    setsockopt(accepted, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    return accepted
  }

  /// What was written arrives, and then the end, when the socket is closed.
  func closeInOrder() {
    var wait = linger(l_onoff: 0, l_linger: 0)
    setsockopt(raw, SOL_SOCKET, SO_LINGER, &wait, socklen_t(MemoryLayout<linger>.size))
  }

  func read() -> Outcome {
    var buffer = [UInt8](repeating: 0, count: 16384)
    let count = buffer.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
    if count > 0 { return .bytes(Array(buffer.prefix(count))) }
    if count == 0 { return .closed }
    return errno == EAGAIN || errno == EINTR ? .later : .failed(errno)
  }

  /// Small writes, which a socket takes whole or not at all. `.closed` does not happen.
  func write(_ bytes: [UInt8]) -> Outcome {
    let count = bytes.withUnsafeBytes { send(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count >= 0 { return .bytes([]) }
    return errno == EAGAIN || errno == EINTR ? .later : .failed(errno)
  }

  /// Answers the datagrams that are there.
  func answerDatagrams(_ answer: ([UInt8]) -> [UInt8]?) {
    var buffer = [UInt8](repeating: 0, count: 2048)
    for _ in 0..<256 {
      var sender = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let count = withUnsafeMutablePointer(to: &sender) { sender in
        sender.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
          buffer.withUnsafeMutableBytes { recvfrom(raw, $0.baseAddress, $0.count, 0, name, &length) }
        }
      }
      guard count >= 0 else { return }
      guard let reply = answer(Array(buffer.prefix(count))) else { continue }
      withUnsafePointer(to: &sender) { sender in
        _ = sender.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
          reply.withUnsafeBytes { sendto(raw, $0.baseAddress, $0.count, 0, name, length) }
        }
      }
    }
  }
}
