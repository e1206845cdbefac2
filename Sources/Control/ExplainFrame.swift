import Wire

/// The frame that `explain` asks about: headers alone, and as much payload as its protocol's header needs.
struct ExplainFrame {
  var destination: MACAddress
  var source: MACAddress
  var vlan: VLANID
  var from: IPAddress
  var to: IPAddress
  var protocolNumber: UInt8
  var fromPort: UInt16
  var toPort: UInt16
  var begins: Bool

  var bytes: [UInt8] {
    var frame = destination.wireBytes + source.wireBytes
    if vlan != .untagged { frame += [0x81, 0x00, UInt8(vlan.raw >> 8), UInt8(vlan.raw & 255)] }
    frame += from.isIPv6 ? [0x86, 0xdd] : [0x08, 0x00]
    let payload = payload
    return frame + (from.isIPv6 ? sixHeader(payload.count) : fourHeader(payload.count)) + payload
  }

  private var payload: [UInt8] {
    let ports = [UInt8(fromPort >> 8), UInt8(fromPort & 255), UInt8(toPort >> 8), UInt8(toPort & 255)]
    switch protocolNumber {
    case 6:
      return ports + [
        0, 0, 0, 1, 0, 0, 0, begins ? 0 : 1, 0x50, begins ? 0x02 : 0x10, 0xff, 0xff, 0, 0, 0, 0,
      ]
    case 17, 136: return ports + [0, 8, 0, 0]
    case 33, 132: return ports + [0, 0, 0, 0, 0, 0, 0, 0]
    case 1: return [8, 0, 0, 0, 0, 1, 0, 1]
    case 58: return [128, 0, 0, 0, 0, 1, 0, 1]
    default: return [UInt8](repeating: 0, count: 16)
    }
  }

  private func fourHeader(_ length: Int) -> [UInt8] {
    let total = 20 + length
    var header: [UInt8] = [
      0x45, 0, UInt8(total >> 8), UInt8(total & 255), 0, 1, 0x40, 0, 64, protocolNumber, 0, 0,
    ]
    header += from.wireBytes + to.wireBytes
    var sum: UInt32 = 0
    for i in stride(from: 0, to: 20, by: 2) { sum += UInt32(header[i]) << 8 | UInt32(header[i + 1]) }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    header[10] = UInt8(~sum >> 8 & 255)
    header[11] = UInt8(~sum & 255)
    return header
  }

  private func sixHeader(_ length: Int) -> [UInt8] {
    [0x60, 0, 0, 0, UInt8(length >> 8), UInt8(length & 255), protocolNumber, 64] + from.wireBytes
      + to.wireBytes
  }
}

extension MACAddress {
  fileprivate var wireBytes: [UInt8] {
    (0..<6).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (5 - $0))) }
  }
}

extension IPAddress {
  /// In the order of the wire.
  fileprivate var wireBytes: [UInt8] {
    func bytes(_ word: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
    return isIPv6 ? bytes(hi, 8) + bytes(lo, 8) : bytes(lo, 4)
  }
}
