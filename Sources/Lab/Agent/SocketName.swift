import Glibc
import Wire

/// What bind, connect and sendto take: struct sockaddr_in or sockaddr_in6.
enum SocketName {
  static func bytes(_ address: IPAddress, port: UInt16) -> [UInt8] {
    let family = withUnsafeBytes(of: UInt16(address.isIPv6 ? AF_INET6 : AF_INET), Array.init)
    let number = [UInt8(port >> 8), UInt8(port & 255)]
    return address.isIPv6
      ? family + number + [0, 0, 0, 0] + address.bytes + [0, 0, 0, 0]
      : family + number + address.bytes + [UInt8](repeating: 0, count: 8)
  }

  /// Calls a function that takes a name and its length.
  static func with<Result>(
    _ name: [UInt8], _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result
  ) -> Result {
    name.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { body($0.baseAddress, socklen_t(name.count)) }
    }
  }
}
