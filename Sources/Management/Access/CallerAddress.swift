import NIOCore
import Wire

/// Where a caller is, as wrong tokens are counted: the IPv4 address, or the network of 64 bits that one host has of IPv6.
enum CallerAddress {
  static func key(_ address: SocketAddress?) -> String { key(address?.ipAddress ?? "") }

  /// - Parameter text: an address, perhaps with a zone behind `%`.
  static func key(_ text: String) -> String {
    guard let address = IPAddress(String(text.prefix { $0 != "%" })) else { return text }
    guard address.isIPv6 else { return address.description }
    // An IPv4 caller of a socket for both families (RFC 4291 §2.5.5.2).
    if address.hi == 0, address.lo & 0xffff_ffff == 0xffff_0000 {
      return IPAddress(v4: UInt32(address.lo >> 32)).description
    }
    return IPPrefix(IPAddress(hi: address.hi, lo: 0, isIPv6: true), length: 64).description
  }
}
