import Wire

/// One line, much as `tcpdump -e` writes it.
extension TestFrame: CustomStringConvertible {
  public var description: String {
    guard bytes.count >= 14 else { return "runt of \(bytes.count) bytes: \(bytes.hex)" }
    var parts = ["\(source) > \(destination)"]
    var offset = 12
    while offset + 6 <= bytes.count, [0x8100, 0x88a8].contains(bytes.get16(offset)) {
      let field = bytes.get16(offset + 2)
      let kind = bytes.get16(offset) == 0x8100 ? "vlan" : "service vlan"
      parts.append("\(kind) \(field & 0xfff)" + (field >> 13 > 0 ? " p \(field >> 13)" : ""))
      offset += 4
    }
    let type = bytes.get16(offset)
    let rest = Array(bytes[(offset + 2)...])
    switch type {
    case 0x0806: parts.append("ARP: " + Describe.arp(rest))
    case 0x0800: parts.append("IPv4: " + Describe.ipv4(rest))
    case 0x86dd: parts.append("IPv6: " + Describe.ipv6(rest))
    default: parts.append((type < 1536 ? "802.3" : "type 0x" + String(type, radix: 16)))
    }
    return parts.joined(separator: ", ") + ", length \(bytes.count)"
  }
}

private enum Describe {
  static func address(_ b: ArraySlice<UInt8>) -> String { IPAddress(bytes: Array(b))?.description ?? "?" }

  static func arp(_ b: [UInt8]) -> String {
    guard b.count >= 28 else { return "cut" }
    let mac = TestFrame(bytes: Array(b[8..<14])).destination
    let sender = address(b[14..<18])
    let target = address(b[24..<28])
    switch b.get16(6) {
    case 1: return "who-has \(target) tell \(sender) (\(mac))"
    case 2: return "\(sender) is-at \(mac)"
    default: return "operation \(b.get16(6))"
    }
  }

  static func ipv4(_ b: [UInt8]) -> String {
    guard b.count >= 20 else { return "cut" }
    let header = max(20, Int(b[0] & 15) * 4)
    let field = b.get16(6)
    var note = ""
    if field & 0x3fff != 0 {
      note = " frag (id \(b.get16(4)), offset \((field & 0x1fff) * 8)\(field & 0x2000 != 0 ? ", more" : ""))"
    }
    let upper = field & 0x1fff == 0 && b.count >= header ? Array(b[header...]) : []
    return self.upper(Int(b[9]), address(b[12..<16]), address(b[16..<20]), upper) + note
  }

  static func ipv6(_ b: [UInt8]) -> String {
    guard b.count >= 40 else { return "cut" }
    var next = Int(b[6])
    var offset = 40
    var note = ""
    while [0, 43, 44, 60, 135].contains(next), offset + 8 <= b.count {
      note += " header \(next)"
      let length = next == 44 ? 8 : (Int(b[offset + 1]) + 1) * 8
      if next == 44 { note += " (id \(b.get32(offset + 4)), offset \(b.get16(offset + 2) & 0xfff8))" }
      next = Int(b[offset])
      offset += length
    }
    return upper(next, address(b[8..<24]), address(b[24..<40]), offset <= b.count ? Array(b[offset...]) : [])
      + note
  }

  static func upper(_ number: Int, _ source: String, _ destination: String, _ b: [UInt8]) -> String {
    let plain = "\(source) > \(destination)"
    switch number {
    case 6, 17, 132:
      let name = [6: "TCP", 17: "UDP", 132: "SCTP"][number] ?? ""
      guard b.count >= 4 else { return "\(plain): \(name)" }
      let ports = "\(source).\(b.get16(0)) > \(destination).\(b.get16(2)): \(name)"
      return number == 6 && b.count >= 14 ? "\(ports) [\(flags(b[13]))]" : ports
    case 1, 58:
      let name = number == 1 ? "ICMP" : "ICMP6"
      let target = number == 58 && (135...136).contains(b.first ?? 0) && b.count >= 24
      return "\(plain): \(name) type \(b.first.map(String.init) ?? "?")"
        + (target ? " target \(address(b[8..<24]))" : "")
    default: return "\(plain): protocol \(number)"
    }
  }

  private static func flags(_ byte: UInt8) -> String {
    zip("FSRP.", [1, 2, 4, 8, 16] as [UInt8]).map { byte & $1 != 0 ? String($0) : "" }.joined()
  }
}
