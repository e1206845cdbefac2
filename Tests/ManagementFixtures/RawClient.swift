import Glibc

/// A plain socket, for what no proper client would send.
public final class RawClient: Sendable {
  public let descriptor: Int32

  public init?(path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { return nil }
  }

  /// By TCP to this machine.
  public init?(port: Int) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { return nil }
  }

  deinit { Glibc.close(descriptor) }

  /// False if the other end has closed.
  @discardableResult
  public func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// What has come by then until the text is in it; nil if the other end closes or time runs out before.
  public func read(until text: String, seconds: Int = 30) async -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 0) > 0 else {
        try? await Task.sleep(for: .milliseconds(5))
        continue
      }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count <= 0 { return nil }
      bytes += chunk[..<count]
      let got = String(decoding: bytes, as: UTF8.self)
      if got.contains(text) { return got }
    }
    return nil
  }

  /// Everything until the other end closes, or nil if it does not within the time.
  public func readToEnd(seconds: Int) async -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // Never blocks: the server under test runs on the same few threads.
      guard poll(&poller, 1, 0) > 0 else {
        try? await Task.sleep(for: .milliseconds(5))
        continue
      }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
    return nil
  }
}
