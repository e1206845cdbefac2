import Wire

extension NeighbourMessage {
  static let etherType: UInt16 = 0x86dd
  private static let headerLength = 40
  private static let bodyLength = 24
  private static let icmp: UInt8 = 58
  private static let solicitationType: UInt8 = 135
  private static let advertisementType: UInt8 = 136
  private static let sourceOption: UInt8 = 1
  private static let targetOption: UInt8 = 2

  /// - Parameter bytes: a frame from its destination MAC on, without check sequence; what follows the packet is padding.
  /// - Throws: the first field that the validity checks of RFC 4861 §7.1.1 and §7.1.2 reject, or that makes it another
  ///   message. Extension headers are not followed: neighbour discovery uses none.
  public init(parsing bytes: borrowing Span<UInt8>) throws(FrameError) {
    let header = try FrameHeader(parsing: bytes)
    guard header.etherType == Self.etherType else {
      throw FrameError(.etherType, at: header.length - 2, .value(UInt64(header.etherType)))
    }
    try self.init(header, bytes)
  }

  public init(parsing bytes: [UInt8]) throws(FrameError) { try self.init(parsing: bytes.span) }

  init(_ header: FrameHeader, _ bytes: borrowing Span<UInt8>) throws(FrameError) {
    let ip = header.length
    let icmp = ip + Self.headerLength
    let end = try Self.checkIPv6(bytes, at: ip)
    let sourceIP = bytes.ipv6(at: ip + 8)
    let destinationIP = bytes.ipv6(at: ip + 24)
    let type = bytes[icmp]
    guard type == Self.solicitationType || type == Self.advertisementType else {
      throw FrameError(.icmpType, at: icmp, .value(UInt64(type)))
    }
    guard bytes[icmp + 1] == 0 else {
      throw FrameError(.icmpCode, at: icmp + 1, .value(UInt64(bytes[icmp + 1])))
    }
    guard Self.checksum(of: bytes.extracting(icmp..<end), sourceIP, destinationIP) == 0 else {
      throw FrameError(.icmpChecksum, at: icmp + 2, .value(UInt64(bytes.u16(at: icmp + 2))))
    }
    guard !sourceIP.isMulticast else { throw FrameError(.ipv6Source, at: ip + 8, .contradiction) }
    let target = bytes.ipv6(at: icmp + 8)
    guard !target.isMulticast, !target.isUnspecified else {
      throw FrameError(.neighbourTarget, at: icmp + 8, .contradiction)
    }
    let wanted = type == Self.solicitationType ? Self.sourceOption : Self.targetOption
    let linkLayer = try Self.linkLayerOption(wanted, in: bytes, from: icmp + Self.bodyLength, to: end)

    let kind: Kind
    if type == Self.solicitationType {
      if sourceIP.isUnspecified {
        guard destinationIP == target.solicitedNodeMulticast else {
          throw FrameError(.ipv6Destination, at: ip + 24, .contradiction)
        }
        guard linkLayer == nil else {
          throw FrameError(.sourceLinkLayer, at: icmp + Self.bodyLength, .contradiction)
        }
      }
      kind = .solicitation
    } else {
      let bits = bytes[icmp + 4]
      let flags = NeighbourFlags(
        isRouter: bits & 0x80 != 0, isSolicited: bits & 0x40 != 0, overrides: bits & 0x20 != 0)
      guard !sourceIP.isUnspecified else {
        throw FrameError(.ipv6Source, at: ip + 8, .contradiction)
      }
      guard !(destinationIP.isMulticast && flags.isSolicited) else {
        throw FrameError(.neighbourFlags, at: icmp + 4, .contradiction)
      }
      kind = .advertisement(flags)
    }
    self.init(
      destination: header.destination, source: header.source, vlan: header.vlan,
      sourceIP: sourceIP, destinationIP: destinationIP, kind: kind, target: target,
      linkLayer: linkLayer)
  }

  /// The frame from its destination MAC on, without check sequence.
  public var frame: [UInt8] {
    var body: [UInt8]
    switch kind {
    case .solicitation:
      body = [Self.solicitationType, 0, 0, 0, 0, 0, 0, 0]
    case .advertisement(let flags):
      let bits: UInt8 =
        (flags.isRouter ? 0x80 : 0) | (flags.isSolicited ? 0x40 : 0) | (flags.overrides ? 0x20 : 0)
      body = [Self.advertisementType, 0, 0, 0, bits, 0, 0, 0]
    }
    body += target.bytes
    if let linkLayer {
      body += [kind == .solicitation ? Self.sourceOption : Self.targetOption, 1] + linkLayer.bytes
    }
    let sum = Self.checksum(of: body.span, sourceIP, destinationIP)
    body[2] = UInt8(truncatingIfNeeded: sum >> 8)
    body[3] = UInt8(truncatingIfNeeded: sum)

    var bytes = FrameHeader.bytes(
      destination: destination, source: source, vlan: vlan, etherType: Self.etherType)
    bytes += [0x60, 0, 0, 0]
    bytes.append(UInt16(body.count))
    bytes += [Self.icmp, 255]
    bytes += sourceIP.bytes + destinationIP.bytes
    return bytes + body
  }

  /// Where the packet ends, at least `bodyLength` behind the IPv6 header.
  private static func checkIPv6(_ bytes: borrowing Span<UInt8>, at ip: Int) throws(FrameError) -> Int {
    guard bytes.count >= ip + headerLength else {
      throw FrameError(.ipv6, at: ip, .truncated(have: bytes.count - ip, need: headerLength))
    }
    guard bytes[ip] >> 4 == 6 else {
      throw FrameError(.ipv6Version, at: ip, .value(UInt64(bytes[ip] >> 4)))
    }
    guard bytes[ip + 6] == icmp else {
      throw FrameError(.ipv6NextHeader, at: ip + 6, .value(UInt64(bytes[ip + 6])))
    }
    guard bytes[ip + 7] == 255 else {
      throw FrameError(.ipv6HopLimit, at: ip + 7, .value(UInt64(bytes[ip + 7])))
    }
    let payload = Int(bytes.u16(at: ip + 4))
    let present = bytes.count - ip - headerLength
    guard payload >= bodyLength else {
      throw FrameError(.ipv6PayloadLength, at: ip + 4, .truncated(have: payload, need: bodyLength))
    }
    guard payload <= present else {
      throw FrameError(.ipv6PayloadLength, at: ip + 4, .truncated(have: present, need: payload))
    }
    return ip + headerLength + payload
  }

  /// The first option of that type; others are skipped (RFC 4861 §4.6). Options are counted in units of eight bytes.
  private static func linkLayerOption(
    _ wanted: UInt8, in bytes: borrowing Span<UInt8>, from start: Int, to end: Int
  ) throws(FrameError) -> MACAddress? {
    var found: MACAddress?
    var at = start
    while at < end {
      guard at + 2 <= end else {
        throw FrameError(.optionLength, at: at, .truncated(have: end - at, need: 2))
      }
      let length = Int(bytes[at + 1]) * 8
      guard length > 0 else { throw FrameError(.optionLength, at: at + 1, .value(0)) }
      guard at + length <= end else {
        throw FrameError(.optionLength, at: at + 1, .truncated(have: end - at, need: length))
      }
      if bytes[at] == wanted, found == nil {
        // Six bytes of address for Ethernet (RFC 2464 §6).
        guard length == 8 else {
          throw FrameError(.optionLength, at: at + 1, .value(UInt64(length / 8)))
        }
        found = bytes.mac(at: at + 2)
      }
      at += length
    }
    return found
  }

  /// The Internet checksum over pseudo-header and message (RFC 4443 §2.3): 0 if a received message is intact, the
  /// value of its checksum field if that is 0.
  private static func checksum(
    of message: borrowing Span<UInt8>, _ source: IPAddress, _ destination: IPAddress
  ) -> UInt16 {
    var sum = UInt64(message.count) + UInt64(icmp)
    for word in [source.hi, source.lo, destination.hi, destination.lo] {
      let big = word.byteSwapped
      for shift: UInt64 in [0, 16, 32, 48] { sum += big >> shift & 0xffff }
    }
    var at = 0
    while at + 1 < message.count {
      sum += UInt64(message.u16(at: at))
      at += 2
    }
    if at < message.count { sum += UInt64(message[at]) << 8 }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
