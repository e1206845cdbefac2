import ProxyARP
import Wire

/// Bytes from annotated hex: `#` begins a comment, white space does not matter.
func hex(_ text: String) -> [UInt8] {
  let digits = text.split(separator: "\n").flatMap { line in
    line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
  }
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
    UInt8(String(digits[$0...($0 + 1)]), radix: 16)
  }
}

func mac(_ last: UInt8) -> MACAddress { MACAddress(2, 0, 0, 0, 0, last) }

func ip(_ text: String) -> IPAddress {
  guard let address = IPAddress(text) else { preconditionFailure("not an address: \(text)") }
  return address
}

enum Fixture {
  static let arpRequest = hex(
    """
    ff ff ff ff ff ff     # destination
    02 00 00 00 00 0a     # source
    08 06                 # ARP
    00 01 08 00 06 04     # Ethernet, IPv4, lengths
    00 01                 # request
    02 00 00 00 00 0a 0a 32 00 05   # sender
    00 00 00 00 00 00 0a 32 00 01   # target
    """)

  static let taggedReply = hex(
    """
    02 00 00 00 00 0a     # destination
    02 00 00 00 00 0b     # source
    81 00 60 14           # 802.1Q, priority 3, VLAN 20
    08 06
    00 01 08 00 06 04 00 02
    02 00 00 00 00 0b 0a 32 00 01
    02 00 00 00 00 0a 0a 32 00 05
    00 00 00 00           # padding
    """)

  /// fe80::ff:fe00:a asks for fd50::5.
  static let solicitation = hex(
    """
    33 33 ff 00 00 05     # group of the target
    02 00 00 00 00 0a
    86 dd
    60 00 00 00 00 20 3a ff         # IPv6, 32 bytes, ICMPv6, hop limit 255
    fe 80 00 00 00 00 00 00 00 00 00 ff fe 00 00 0a
    ff 02 00 00 00 00 00 00 00 00 00 01 ff 00 00 05
    87 00 7c af 00 00 00 00         # NS, checksum
    fd 50 00 00 00 00 00 00 00 00 00 00 00 00 00 05
    01 01 02 00 00 00 00 0a         # source link-layer address
    """)
}
