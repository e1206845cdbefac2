public import Wire

/// The IPv6 addresses that neighbour discovery makes of others.
extension IPAddress {
  /// ff02::1 (RFC 4291 §2.7.1).
  static let allNodes = IPAddress(hi: 0x2ff, lo: 1 << 56, isIPv6: true)

  static let unspecifiedIPv6 = IPAddress(hi: 0, lo: 0, isIPv6: true)

  /// fe80::/64 with the modified EUI-64 of the MAC (RFC 4291 App. A).
  public static func linkLocal(of mac: MACAddress) -> IPAddress {
    let b = mac.bytes
    let identifier: [UInt8] = [b[0] ^ 2, b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5]]
    let lo = identifier.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return IPAddress(hi: 0x80fe, lo: lo, isIPv6: true)
  }

  /// ff02::1:ff and the last three bytes (RFC 4291 §2.7.1).
  var solicitedNodeMulticast: IPAddress {
    IPAddress(hi: 0x2ff, lo: lo & 0xffff_ff00_0000_0000 | 0xff_0100_0000, isIPv6: true)
  }

  /// 224.0.0.0/4 or ff00::/8.
  var isMulticast: Bool { isIPv6 ? hi & 0xff == 0xff : lo & 0xf0 == 0xe0 }

  /// Where frames for a multicast address go: 33:33 and its last four bytes (RFC 2464 §7).
  var multicastMAC: MACAddress { MACAddress(raw: 0x3333 | (lo >> 32) << 16) }
}
