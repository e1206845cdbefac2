public import Wire

// Addresses in tests are literals. A wrong one is a mistake in the test's source.

extension IPAddress: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let address = IPAddress(text) else { preconditionFailure("not an IP address: \(text)") }
    self = address
  }
}

extension IPPrefix: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let prefix = IPPrefix(text) else { preconditionFailure("not a prefix: \(text)") }
    self = prefix
  }
}

extension MACAddress: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let mac = MACAddress(text) else { preconditionFailure("not a MAC address: \(text)") }
    self = mac
  }

  /// The multicast MAC of an IPv6 group (RFC 2464 §7).
  public static func group(of address: IPAddress) -> MACAddress {
    let b = address.bytes.suffix(4).map { $0 }
    return MACAddress(0x33, 0x33, b[0], b[1], b[2], b[3])
  }
}

extension IPAddress {
  /// The group that is asked for the address (RFC 4291 §2.7.1).
  public var solicitedNode: IPAddress {
    let tail = Array(bytes.suffix(3))
    let all: [UInt8] = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff] + tail
    return IPAddress(bytes: all) ?? self
  }
}
