import CNetlink
import Testing

@Suite("Link messages: decoding")
struct LinkDecoderTests {
  /// nlmsghdr, ifinfomsg, then attributes, all little-endian as on this machine.
  private func message(
    type: UInt16 = 16, family: UInt8 = 0, index: UInt32 = 7, attributes: [(UInt16, [UInt8])] = standard
  ) -> [UInt8] {
    var body: [UInt8] =
      [family, 0] + bytes(UInt16(1)) + bytes(index) + bytes(UInt32(0x1043)) + bytes(UInt32(0))
    for (type, payload) in attributes {
      body += bytes(UInt16(payload.count + 4)) + bytes(type) + payload
      body += Array(repeating: 0, count: (4 - payload.count % 4) % 4)
    }
    return bytes(UInt32(body.count + 16)) + bytes(type) + bytes(UInt16(0)) + bytes(UInt32(0))
      + bytes(UInt32(0)) + body
  }

  // IFLA_IFNAME "eth0", IFLA_ADDRESS, IFLA_MTU 1500, IFLA_LINKINFO {IFLA_INFO_KIND "veth"}.
  private static let standard: [(UInt16, [UInt8])] = [
    (3, [0x65, 0x74, 0x68, 0x30, 0]), (1, [2, 0, 0, 0, 0, 9]), (4, [0xdc, 5, 0, 0]),
    (18, [9, 0, 1, 0, 0x76, 0x65, 0x74, 0x68, 0]),
  ]

  private func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private func decode(_ datagram: [UInt8]) -> (code: Int32, relevant: Bool, event: fs_link_event) {
    var event = fs_link_event()
    var relevant: Int32 = 0
    let code = fs_link_decode(datagram, datagram.count, &event, &relevant)
    return (code, relevant != 0, event)
  }

  @Test func aWholeMessageIsRead() {
    let (code, relevant, event) = decode(message())
    #expect(code == 0)
    #expect(relevant)
    #expect(event.removed == 0)
    #expect(event.link.index == 7)
    #expect(event.link.mtu == 1500)
    #expect(event.link.flags == 0x1043)
    #expect(event.link.mac.5 == 9)
    #expect(event.link.name.0 == 0x65)
    #expect(event.link.kind.0 == 0x76)
    #expect(event.link.carrier == -1)
  }

  @Test func aRemovalIsToldApart() { #expect(decode(message(type: 17)).event.removed == 1) }

  @Test func bridgePortsAreNotLinks() {
    let (code, relevant, _) = decode(message(type: 17, family: 7))
    #expect(code == 0)
    #expect(!relevant)
  }

  @Test func otherMessagesAreIgnored() { #expect(!decode(message(type: 20)).relevant) }

  private static let wrong: [[(UInt16, [UInt8])]] = [
    [(3, [])],  // no name in the name
    [(3, [0x65])],  // a name without its end
    [(3, Array(repeating: 0x65, count: 64) + [0])],  // too long a name
    [(3, [0x65, 0]), (4, [1, 2])],  // an MTU of two bytes
    [(3, [0x65, 0]), (18, [200, 0, 1, 0, 0x76])],  // a kind without its end
    [(1, [2, 0, 0, 0, 0, 9])],  // no name at all
  ]

  @Test("a wrong attribute is no link, or a link without it", arguments: wrong)
  func wrongAttribute(attributes: [(UInt16, [UInt8])]) {
    let (code, relevant, _) = decode(message(attributes: attributes))
    // EBADMSG.
    #expect(code == 0 || code == 74)
    #expect(!relevant || code == 0)
  }

  @Test func aZeroIndexIsRefused() { #expect(decode(message(index: 0)).code != 0) }

  @Test func everyTruncationIsSurvived() {
    let whole = message()
    for length in 0..<whole.count {
      #expect(!decode(Array(whole[..<length])).relevant)
      // The header still claims the whole, or claims what is there.
      var honest = Array(whole[..<length])
      if length >= 4 { honest.replaceSubrange(0..<4, with: bytes(UInt32(length))) }
      _ = decode(honest)
    }
  }

  @Test func everyFlippedByteIsSurvived() {
    let whole = message()
    for position in whole.indices {
      for value in [0, 1, 3, 0x7f, 0x80, 0xff] as [UInt8] {
        var wrong = whole
        wrong[position] = value
        _ = decode(wrong)
      }
    }
  }
}
