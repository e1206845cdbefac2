import Wire

/// The Ethernet header with at most one 802.1Q tag. A priority tag (VLAN identifier 0, IEEE 802.1Q §9.6) counts as
/// untagged; priority and drop eligibility are not kept.
struct FrameHeader {
  static let tagged: UInt16 = 0x8100
  /// Bytes of the shortest frame without its check sequence (IEEE 802.3 §4A.4.2).
  static let shortestFrame = 60

  var destination: MACAddress
  var source: MACAddress
  var vlan: VLANID
  var etherType: UInt16
  /// Where the payload begins: 14 or 18.
  var length: Int

  init(parsing bytes: borrowing Span<UInt8>) throws(FrameError) {
    guard bytes.count >= 14 else {
      throw FrameError(.ethernet, at: 0, .truncated(have: bytes.count, need: 14))
    }
    destination = bytes.mac(at: 0)
    source = bytes.mac(at: 6)
    etherType = bytes.u16(at: 12)
    vlan = .untagged
    length = 14
    if etherType == Self.tagged {
      guard bytes.count >= 18 else {
        throw FrameError(.ethernet, at: 0, .truncated(have: bytes.count, need: 18))
      }
      let identifier = bytes.u16(at: 14) & 0xfff
      guard identifier != 0xfff else { throw FrameError(.vlanIdentifier, at: 14, .value(4095)) }
      vlan = VLANID(raw: identifier)
      etherType = bytes.u16(at: 16)
      length = 18
    }
  }

  /// The header's bytes: untagged for VLAN identifier 0.
  static func bytes(
    destination: MACAddress, source: MACAddress, vlan: VLANID, etherType: UInt16
  ) -> [UInt8] {
    var bytes = destination.bytes + source.bytes
    if vlan != .untagged {
      bytes.append(tagged)
      bytes.append(vlan.raw)
    }
    bytes.append(etherType)
    return bytes
  }
}
