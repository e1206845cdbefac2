import Glibc
import NIOCore
import Wire

/// What the sockets of a target's probes have in common.
struct SocketSettings: Hashable, Sendable {
  var isIPv6: Bool
  var source: IPAddress?
  var mark: UInt32
  var interface: String?

  init(_ target: ProbeTarget) {
    isIPv6 = target.address.isIPv6
    source = target.source.flatMap { $0.isIPv6 == target.address.isIPv6 ? $0 : nil }
    mark = target.mark
    interface = target.interface
  }

  /// A socket that does not block, with these settings; the caller owns it.
  /// - Throws: `IOError`.
  func makeSocket(type: Int32, protocol number: Int32) throws -> Int32 {
    let descriptor = socket(
      isIPv6 ? AF_INET6 : AF_INET, type | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), number
    )
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    do {
      if mark != 0 { try Self.setMark(mark, of: descriptor) }
      if let interface {
        let bytes = Array(interface.utf8)
        guard setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, bytes, socklen_t(bytes.count)) == 0 else {
          throw IOError(errnoCode: errno, reason: "SO_BINDTODEVICE")
        }
      }
      if let source {
        if type == Int32(SOCK_STREAM.rawValue) {
          // Ports are taken for the pair of addresses then, not for the source alone: thousands of targets share it.
          var isOn: Int32 = 1
          setsockopt(descriptor, Int32(IPPROTO_IP), 24 /* IP_BIND_ADDRESS_NO_PORT */, &isOn, 4)
        }
        let code = source.withSocketAddress(port: 0) { bind(descriptor, $0, $1) }
        guard code == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
      }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  static func setMark(_ mark: UInt32, of descriptor: Int32) throws {
    var value = mark
    guard setsockopt(descriptor, SOL_SOCKET, SO_MARK, &value, socklen_t(MemoryLayout<UInt32>.size)) == 0
    else {
      throw IOError(errnoCode: errno, reason: "SO_MARK")
    }
  }
}

extension IPAddress {
  /// With the address as the system calls want it: sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)). By bytes, since SwiftNIO
  /// has a module of its own for these types, and the compiler does not always find the same one of the two.
  func withSocketAddress<Result>(
    port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
  ) rethrows -> Result {
    let family = isIPv6 ? AF_INET6 : AF_INET
    // 16 or 28 bytes; words, for the alignment.
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { raw in
      raw.storeBytes(of: sa_family_t(family), as: sa_family_t.self)
      raw.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      // IPv6 has its flow label between port and address.
      UnsafeMutableRawBufferPointer(rebasing: raw[(isIPv6 ? 8 : 4)...]).copyBytes(from: bytes)
    }
    return try withUnsafePointer(to: words) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, isIPv6 ? 28 : 16) }
    }
  }

  /// For NIO's bootstraps.
  func socketAddress(port: UInt16) throws -> SocketAddress {
    try SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: Int(port))
  }
}
