import Wire

/// The frames with which a station claims an address.
enum Announcement {
  static func frames(of address: IPAddress, mac: MACAddress) -> [[UInt8]] {
    address.isIPv6
      ? [advertisement(address, mac), detection(address, mac)]
      : [
        arp(operation: 1, mac, sender: address, target: address),
        arp(operation: 2, mac, sender: address, target: address),
        arp(operation: 1, mac, sender: IPAddress(0, 0, 0, 0), target: address),
      ]
  }

  /// RFC 826; RFC 5227 §2.1.1 and §3 for the probe and the announcement.
  private static func arp(
    operation: UInt8, _ mac: MACAddress, sender: IPAddress, target: IPAddress
  ) -> [UInt8] {
    let targetMAC = operation == 2 ? MACAddress.broadcast : .zero
    return MACAddress.broadcast.bytes + mac.bytes + [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, operation]
      + mac.bytes
      + sender.bytes + targetMAC.bytes + target.bytes
  }

  /// RFC 4861 §7.2.6: to all nodes, override.
  private static func advertisement(_ address: IPAddress, _ mac: MACAddress) -> [UInt8] {
    let allNodes: [UInt8] = [0xff, 0x02] + [UInt8](repeating: 0, count: 13) + [1]
    let body: [UInt8] = [136, 0, 0, 0, 0x20, 0, 0, 0] + address.bytes + [2, 1] + mac.bytes
    return icmp(body, source: address.bytes, destination: allNodes, mac)
  }

  /// RFC 4862 §5.4.2: from nowhere, to the solicited-node group.
  private static func detection(_ address: IPAddress, _ mac: MACAddress) -> [UInt8] {
    let group: [UInt8] = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff] + address.bytes.suffix(3)
    let body: [UInt8] = [135, 0, 0, 0, 0, 0, 0, 0] + address.bytes
    return icmp(body, source: [UInt8](repeating: 0, count: 16), destination: group, mac)
  }

  private static func icmp(
    _ body: [UInt8], source: [UInt8], destination: [UInt8], _ mac: MACAddress
  ) -> [UInt8] {
    // RFC 8200 §8.1: the pseudo-header.
    let length = [UInt8(0), 0, UInt8(body.count >> 8), UInt8(body.count & 255)]
    let sum = checksum(source + destination + length + [0, 0, 0, 58] + body)
    var body = body
    body[2] = UInt8(sum >> 8)
    body[3] = UInt8(sum & 255)
    let header: [UInt8] = [0x60, 0, 0, 0, length[2], length[3], 58, 255] + source + destination
    return [0x33, 0x33] + destination.suffix(4) + mac.bytes + [0x86, 0xdd] + header + body
  }

  /// RFC 1071.
  static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for at in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[at]) << 8 | UInt32(at + 1 < bytes.count ? bytes[at + 1] : 0)
    }
    while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
    return ~UInt16(sum)
  }
}
