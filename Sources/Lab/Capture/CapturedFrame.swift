import Wire

/// One frame as an interface saw it. Accessors return nil where the frame is too short or of another kind; none can
/// fail otherwise.
package struct CapturedFrame: Hashable, Sendable {
  package var bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  package func byte(_ at: Int) -> UInt8? { bytes.indices.contains(at) ? bytes[at] : nil }

  package func word(_ at: Int) -> UInt16? {
    guard let high = byte(at), let low = byte(at + 1) else { return nil }
    return UInt16(high) << 8 | UInt16(low)
  }

  package func mac(_ at: Int) -> MACAddress? {
    guard at >= 0, at + 6 <= bytes.count else { return nil }
    return MACAddress(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4], bytes[at + 5])
  }

  package func address(_ at: Int, ipv6: Bool) -> IPAddress? {
    let count = ipv6 ? 16 : 4
    guard at >= 0, at + count <= bytes.count else { return nil }
    return IPAddress(bytes: Array(bytes[at..<at + count]))
  }

  package var destination: MACAddress? { mac(0) }
  package var source: MACAddress? { mac(6) }
  package var etherType: UInt16? { word(12) }
  package var isARP: Bool { etherType == 0x0806 }
  package var isIPv4: Bool { etherType == 0x0800 }
  package var isIPv6: Bool { etherType == 0x86dd }

  /// Everything that the switch must leave alone: all but the destination MAC.
  package var untouchable: [UInt8] { Array(bytes.dropFirst(6)) }

  package var sourceAddress: IPAddress? {
    isIPv4 ? address(26, ipv6: false) : isIPv6 ? address(22, ipv6: true) : nil
  }

  package var destinationAddress: IPAddress? {
    isIPv4 ? address(30, ipv6: false) : isIPv6 ? address(38, ipv6: true) : nil
  }

  /// The protocol of an IPv4 header, the next header of an IPv6 one.
  package var ipProtocol: UInt8? { isIPv4 ? byte(23) : isIPv6 ? byte(20) : nil }

  /// What follows the IP header: its length field for IPv4, 40 bytes for IPv6.
  package var payload: [UInt8] {
    if isIPv4, let first = byte(14) { return Array(bytes.dropFirst(14 + Int(first & 15) * 4)) }
    return isIPv6 ? Array(bytes.dropFirst(54)) : []
  }

  /// RFC 791: the datagram's identification and the fragment's offset in bytes; nil: not a fragment.
  package var ipv4Fragment: (identification: UInt16, offset: Int)? {
    guard isIPv4, let identification = word(18), let bits = word(20), bits & 0x3fff != 0 else { return nil }
    return (identification, Int(bits & 0x1fff) * 8)
  }

  /// RFC 8200 §4.5: the same for a fragment header right behind the IPv6 header.
  package var ipv6Fragment: (identification: UInt32, offset: Int)? {
    guard isIPv6, ipProtocol == 44, let bits = word(56), let high = word(58), let low = word(60) else {
      return nil
    }
    return (UInt32(high) << 16 | UInt32(low), Int(bits & 0xfff8))
  }
}
