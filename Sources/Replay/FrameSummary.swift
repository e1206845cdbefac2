import SwitchModel
import Wire

/// What of a frame a line says, and who sent it.
struct FrameSummary {
  var source = MACAddress.zero
  var destination = MACAddress.zero
  var vlan = VLANID.untagged
  var sourceAddress: IPAddress?
  var destinationAddress: IPAddress?
  /// `10.0.0.5:4000 > 10.50.0.100:80 tcp`, or the MACs and the EtherType.
  var text = "not a frame"

  init(_ bytes: [UInt8]) {
    func u16(_ at: Int) -> UInt16 {
      at + 2 <= bytes.count ? UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) : 0
    }
    func number(_ at: Int, _ count: Int) -> UInt64 {
      bytes[at..<at + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard bytes.count >= 14 else { return }
    destination = MACAddress(number: number(0, 6))
    source = MACAddress(number: number(6, 6))
    var at = 12
    while at <= 16, [0x8100, 0x88a8].contains(u16(at)), bytes.count >= at + 6 {
      if at == 12 { vlan = VLANID(raw: u16(at + 2)) }
      at += 4
    }
    let type = u16(at)
    at += 2
    text = "\(source) > \(destination) type 0x\(String(type, radix: 16))"
    if type == 0x0806 { text = "\(source) > \(destination) arp" }
    var protocolNumber: UInt8 = 0
    var ports: Int?
    if type == 0x0800, bytes.count >= at + 20 {
      sourceAddress = IPAddress(bytes[at + 12], bytes[at + 13], bytes[at + 14], bytes[at + 15])
      destinationAddress = IPAddress(bytes[at + 16], bytes[at + 17], bytes[at + 18], bytes[at + 19])
      protocolNumber = bytes[at + 9]
      if u16(at + 6) & 0x1fff == 0 { ports = at + Int(bytes[at] & 15) * 4 }
    } else if type == 0x86dd, bytes.count >= at + 40 {
      func address(_ place: Int) -> IPAddress {
        IPAddress(hi: number(place, 8).byteSwapped, lo: number(place + 8, 8).byteSwapped, isIPv6: true)
      }
      sourceAddress = address(at + 8)
      destinationAddress = address(at + 24)
      protocolNumber = bytes[at + 6]
      ports = at + 40
    }
    guard let from = sourceAddress, let to = destinationAddress else { return }
    func end(_ address: IPAddress, _ place: Int?) -> String {
      guard let place, SwitchModel.IPProtocol.hasPorts(protocolNumber), place + 2 <= bytes.count else {
        return address.description
      }
      return address.isIPv6 ? "[\(address)]:\(u16(place))" : "\(address):\(u16(place))"
    }
    text =
      "\(end(from, ports)) > \(end(to, ports.map { $0 + 2 })) \(SwitchModel.IPProtocol.name(of: protocolNumber))"
  }
}
