/// EtherTypes as they stand on the wire, loaded as little-endian words (IEEE 802 numbers).
public enum EtherType {
  @inline(__always) public static var ipv4: UInt16 { 0x0008 }
  @inline(__always) public static var arp: UInt16 { 0x0608 }
  @inline(__always) public static var ipv6: UInt16 { 0xdd86 }
  @inline(__always) public static var vlan: UInt16 { 0x0081 }  // 802.1Q
  @inline(__always) public static var serviceVLAN: UInt16 { 0xa888 }  // 802.1ad

  @inline(__always)
  public static func isTag(_ type: UInt16) -> Bool { type == vlan || type == serviceVLAN }
}

/// IP protocol numbers that the pipeline knows by name (IANA).
public enum IPProtocol {
  @inline(__always) public static var hopByHop: UInt8 { 0 }
  @inline(__always) public static var icmp: UInt8 { 1 }
  @inline(__always) public static var tcp: UInt8 { 6 }
  @inline(__always) public static var udp: UInt8 { 17 }
  @inline(__always) public static var dccp: UInt8 { 33 }
  @inline(__always) public static var routing: UInt8 { 43 }
  @inline(__always) public static var fragment: UInt8 { 44 }
  @inline(__always) public static var gre: UInt8 { 47 }
  @inline(__always) public static var esp: UInt8 { 50 }
  @inline(__always) public static var ah: UInt8 { 51 }
  @inline(__always) public static var icmpv6: UInt8 { 58 }
  @inline(__always) public static var destinationOptions: UInt8 { 60 }
  @inline(__always) public static var sctp: UInt8 { 132 }
  @inline(__always) public static var mobility: UInt8 { 135 }
  @inline(__always) public static var udpLite: UInt8 { 136 }

  /// The first four bytes after the IP header are source and destination port.
  @inline(__always)
  public static func hasPorts(_ number: UInt8) -> Bool {
    number == tcp || number == udp || number == sctp || number == dccp || number == udpLite
  }

  /// IPv6 headers that stand before the upper layer and say their length (RFC 8200 §4; AH counts as upper layer).
  @inline(__always)
  public static func isExtension(_ number: UInt8) -> Bool {
    number == hopByHop || number == routing || number == fragment || number == destinationOptions
      || number == mobility
  }
}
