import Glibc

/// A TCP connection from the router's namespace to an `EchoServer`.
final class Conversation {
  private let descriptor: Int32

  /// - Throws: when nobody takes the connection in time, or it is refused.
  init(namespace: String, address: String, port: UInt16, seconds: Int32) throws {
    descriptor = try inNamespace(namespace) {
      socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    }
    let code = withAddress(address, port) { connect(descriptor, $0, $1) }
    var error: Int32 = code == 0 ? 0 : errno
    if error == EINPROGRESS {
      error = ETIMEDOUT
      if isReady(descriptor, Int32(POLLOUT), seconds: seconds) {
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
      }
    }
    if error != 0 {
      close(descriptor)
      throw SiteFailure("connect to \(address):\(port): \(String(cString: strerror(error)))")
    }
  }

  deinit { close(descriptor) }

  /// The name of the server at the other end; nil when the connection is broken, or nobody answers in 20 seconds.
  func ask() -> String? {
    let question: [UInt8] = [63]
    guard send(descriptor, question, 1, Int32(MSG_NOSIGNAL)) == 1,
      isReady(descriptor, Int32(POLLIN), seconds: 20)
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count > 1 ? String(decoding: bytes[..<(count - 1)], as: UTF8.self) : nil
  }
}

/// A UDP flow: one source port.
final class Datagram {
  private let descriptor: Int32

  init(namespace: String, address: String, port: UInt16) throws {
    descriptor = try inNamespace(namespace) {
      socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }
    _ = withAddress(address, port) { connect(descriptor, $0, $1) }
  }

  deinit { close(descriptor) }

  /// Asks at most so many times, since UDP may be lost, and waits so long for each answer.
  func ask(tries: Int = 3, milliseconds: Int32 = 1000) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    for _ in 0..<tries {
      // What answers an earlier question says nothing of now.
      while recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
      let question: [UInt8] = [63]
      _ = send(descriptor, question, 1, Int32(MSG_NOSIGNAL))
      if !isReady(descriptor, Int32(POLLIN), milliseconds: milliseconds) { continue }
      let count = recv(descriptor, &bytes, bytes.count, 0)
      if count > 1 { return String(decoding: bytes[..<(count - 1)], as: UTF8.self) }
    }
    return nil
  }
}
