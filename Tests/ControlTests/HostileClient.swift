import Glibc

/// A plain socket to the daemon, for what no proper client would send. It never blocks.
final class HostileClient {
  private var descriptor: Int32

  /// Of the control socket.
  init(socket path: String) throws {
    descriptor = Glibc.socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if result != 0 {
      let error = errno
      close()
      throw SiteFailure("connect to \(path): \(String(cString: strerror(error)))")
    }
  }

  /// Of TCP in a namespace.
  init(namespace: String, port: UInt16) throws {
    descriptor = try inNamespace(namespace) {
      Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }
    let code = withAddress("127.0.0.1", port) { connect(descriptor, $0, $1) }
    let error = errno
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | Int32(O_NONBLOCK))
    if code != 0 {
      close()
      throw SiteFailure("connect to port \(port): \(String(cString: strerror(error)))")
    }
  }

  deinit { close() }

  /// The descriptor, which is the caller's from now on.
  func take() -> Int32 {
    defer { descriptor = -1 }
    return descriptor
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Returns how much the other end took at once; nil: it has gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Int? {
    let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  @discardableResult
  func send(_ text: String) -> Int? { send(Array(text.utf8)) }

  /// Sends all of it, unless the other end goes or takes nothing for ten seconds. False: not all of it went.
  @discardableResult
  func sendAll(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard isReady(descriptor, Int32(POLLOUT), seconds: 10), let count = send(Array(rest.prefix(1 << 20)))
      else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// What has come; empty where nothing has.
  func readAvailable() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Array(bytes[..<count]) : []
  }

  /// Everything until the other end closes; nil if it does not in time.
  func readToEnd(seconds: Int = 30) -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      guard isReady(descriptor, Int32(POLLIN), seconds: 1) else { continue }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
    return nil
  }
}
