public import Wire

extension IPAddress {
  /// Why no station can have this address, or nil (RFC 6890, RFC 1112 §4, RFC 4291 §2.4).
  public var reasonNotAHost: String? {
    let bytes = bytes
    guard let first = bytes.first else { return nil }
    if isIPv6 {
      if isUnspecified { return "the unspecified address" }
      if first == 0xff { return "a multicast address" }
      if self == IPAddress(bytes: Array(repeating: 0, count: 15) + [1]) { return "the loopback address" }
      if bytes[0..<12] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] { return "an IPv4-mapped address" }
      return nil
    }
    switch first {
    case 0: return isUnspecified ? "the unspecified address" : "an address of 'this network' (0.0.0.0/8)"
    case 127: return "a loopback address"
    case 224...239: return "a multicast address"
    case 240...255: return bytes == [255, 255, 255, 255] ? "the broadcast address" : "a reserved address"
    default: return nil
    }
  }
}
