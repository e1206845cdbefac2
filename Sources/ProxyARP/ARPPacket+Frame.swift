import Wire

extension ARPPacket {
  static let etherType: UInt16 = 0x0806
  private static let length = 28

  /// - Parameter bytes: a frame from its destination MAC on, without check sequence; what follows the packet is padding.
  /// - Throws: the first field that RFC 826 does not allow for IPv4 over Ethernet: type and length of the addresses,
  ///   operation other than request and reply.
  public init(parsing bytes: borrowing Span<UInt8>) throws(FrameError) {
    let header = try FrameHeader(parsing: bytes)
    guard header.etherType == Self.etherType else {
      throw FrameError(.etherType, at: header.length - 2, .value(UInt64(header.etherType)))
    }
    try self.init(header, bytes)
  }

  public init(parsing bytes: [UInt8]) throws(FrameError) { try self.init(parsing: bytes.span) }

  init(_ header: FrameHeader, _ bytes: borrowing Span<UInt8>) throws(FrameError) {
    let at = header.length
    guard bytes.count >= at + Self.length else {
      throw FrameError(.arp, at: at, .truncated(have: bytes.count - at, need: Self.length))
    }
    guard bytes.u16(at: at) == 1 else {
      throw FrameError(.arpHardwareType, at: at, .value(UInt64(bytes.u16(at: at))))
    }
    guard bytes.u16(at: at + 2) == 0x0800 else {
      throw FrameError(.arpProtocolType, at: at + 2, .value(UInt64(bytes.u16(at: at + 2))))
    }
    guard bytes[at + 4] == 6 else {
      throw FrameError(.arpHardwareLength, at: at + 4, .value(UInt64(bytes[at + 4])))
    }
    guard bytes[at + 5] == 4 else {
      throw FrameError(.arpProtocolLength, at: at + 5, .value(UInt64(bytes[at + 5])))
    }
    guard let operation = Operation(rawValue: bytes.u16(at: at + 6)) else {
      throw FrameError(.arpOperation, at: at + 6, .value(UInt64(bytes.u16(at: at + 6))))
    }
    self.init(
      destination: header.destination, source: header.source, vlan: header.vlan,
      operation: operation, senderMAC: bytes.mac(at: at + 8), senderIP: bytes.ipv4(at: at + 14),
      targetMAC: bytes.mac(at: at + 18), targetIP: bytes.ipv4(at: at + 24))
  }

  /// The frame from its destination MAC on, padded to 60 bytes, without check sequence.
  public var frame: [UInt8] {
    var bytes = FrameHeader.bytes(
      destination: destination, source: source, vlan: vlan, etherType: Self.etherType)
    bytes.append(UInt16(1))
    bytes.append(UInt16(0x0800))
    bytes += [6, 4]
    bytes.append(operation.rawValue)
    bytes += senderMAC.bytes + senderIP.bytes.prefix(4)
    bytes += targetMAC.bytes + targetIP.bytes.prefix(4)
    bytes += Array(repeating: 0, count: max(FrameHeader.shortestFrame - bytes.count, 0))
    return bytes
  }
}
