import Foundation
import Glibc
import Synchronization

/// Sends a lot to whoever asks, on TCP and UDP, and never in fragments: it must be told what a path can carry.
final class BulkServer: @unchecked Sendable {
  static let port: UInt16 = 90
  static let bytes = 400_000

  private let listener: Int32
  private let datagrams: Int32
  private let namespace: String
  private let address: SocketAddress
  private let isStopping = Atomic<Bool>(false)
  private let isDone = DispatchSemaphore(value: 0)

  init(namespace: String, address text: String) throws {
    let address = SocketAddress(text, BulkServer.port)
    (self.namespace, self.address) = (namespace, address)
    (listener, datagrams) = try inNamespace(namespace) {
      (address.bound(SOCK_STREAM), address.bound(SOCK_DGRAM))
    }
    guard listener >= 0, datagrams >= 0, listen(listener, 128) == 0 else {
      throw SiteFailure("can't serve \(text) in \(namespace)")
    }
    Thread.detachNewThread { [self] in
      while !isStopping.load(ordering: .acquiring) { step() }
      isDone.signal()
    }
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    isDone.wait()
    close(listener)
    close(datagrams)
  }

  private func step() {
    var polled = [listener, datagrams].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&polled, 2, 20)
    if polled[0].revents != 0 {
      let accepted = accept(listener, nil, nil)
      if accepted >= 0 { Thread.detachNewThread { BulkServer.stream(accepted) } }
    }
    if polled[1].revents != 0 {
      var byte: UInt8 = 0
      var from = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      _ = withUnsafeMutablePointer(to: &from) { raw in
        raw.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(datagrams, &byte, 1, 0, $0, &length)
        }
      }
      // A socket for this client alone, which is told what the path to it can carry.
      guard let socket = try? inNamespace(namespace, { address.bound(SOCK_DGRAM) }), socket >= 0 else {
        return
      }
      let isConnected = withUnsafePointer(to: &from) { raw in
        raw.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) == 0 }
      }
      let isIPv6 = address.isIPv6
      if isConnected {
        Thread.detachNewThread { BulkServer.datagrams(socket, isIPv6: isIPv6) }
      } else {
        close(socket)
      }
    }
  }

  private static func stream(_ socket: Int32) {
    var page = [UInt8](repeating: 0x5a, count: bytes)
    var sent = 0
    while sent < page.count {
      let count = page.withUnsafeMutableBytes {
        send(socket, $0.baseAddress.map { $0 + sent }, bytes - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { break }
      sent += count
    }
    close(socket)
  }

  /// As large as they may be, forty of them that fit.
  private static func datagrams(_ socket: Int32, isIPv6: Bool) {
    defer { close(socket) }
    let level = Int32(isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP)
    // IP_MTU_DISCOVER, IPV6_MTU_DISCOVER: never a fragment. IP_MTU, IPV6_MTU.
    var never: Int32 = 2
    setsockopt(socket, level, isIPv6 ? 23 : 10, &never, socklen_t(MemoryLayout<Int32>.size))
    let headers: Int32 = isIPv6 ? 48 : 28
    let page = [UInt8](repeating: 0x5a, count: 1500)
    var fitting = 0
    for _ in 0..<400 where fitting < 40 {
      var mtu: Int32 = 1500
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(socket, level, isIPv6 ? 24 : 14, &mtu, &length)
      let size = Int(min(max(mtu, 576), 1500) - headers)
      if send(socket, page, size, 0) == size, mtu < 1500 { fitting += 1 }
      usleep(20_000)
    }
  }
}

/// Of either family.
struct SocketAddress: Sendable {
  private let text: String
  private let port: UInt16
  var isIPv6: Bool { text.contains(":") }

  init(_ text: String, _ port: UInt16 = 0) {
    self.text = text
    self.port = port
  }

  func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    if !isIPv6 { return withAddress(text, port, body) }
    var raw = sockaddr_in6()
    raw.sin6_family = sa_family_t(AF_INET6)
    raw.sin6_port = port.bigEndian
    inet_pton(AF_INET6, text, &raw.sin6_addr)
    return withUnsafePointer(to: &raw) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
  }

  /// A socket of the calling thread's namespace; below 0: none.
  func bound(_ kind: __socket_type) -> Int32 {
    let made = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    if with({ bind(made, $0, $1) }) == 0 { return made }
    close(made)
    return -1
  }
}
