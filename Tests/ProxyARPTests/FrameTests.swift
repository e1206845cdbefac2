import Testing
import Wire

@testable import ProxyARP

@Suite("ARP and neighbour discovery on the wire (H3, X1, X2)")
struct FrameTests {
  @Test("H3: an ARP request, field by field (RFC 826)")
  func arpRequest() throws {
    let packet = try ARPPacket(parsing: Fixture.arpRequest)
    #expect(packet == .request(for: ip("10.50.0.1"), from: mac(10), ip("10.50.0.5"), vlan: .untagged))
    #expect(packet.kind == .request)
    #expect(packet.frame.count == 60)
    #expect(packet.frame.starts(with: Fixture.arpRequest))
  }

  @Test("X2: an ARP reply in a VLAN")
  func taggedReply() throws {
    let packet = try ARPPacket(parsing: Fixture.taggedReply)
    #expect(
      packet
        == .reply(
          ip("10.50.0.1"), at: mac(11), vlan: VLANID(raw: 20), to: mac(10), ip("10.50.0.5")))
    #expect(packet.kind == .reply)
  }

  @Test("X1: a neighbour solicitation, field by field (RFC 4861 §4.3)")
  func solicitation() throws {
    let frame = Fixture.solicitation
    let message = try NeighbourMessage(parsing: frame)
    let asker = IPAddress.linkLocal(of: mac(10))
    #expect(asker == ip("fe80::ff:fe00:a"))
    #expect(message == .solicitation(for: ip("fd50::5"), from: mac(10), asker, vlan: .untagged))
    #expect(message.frame == frame)
  }

  @Test(
    "X1: solicited-node groups, their MACs, link-local addresses",
    arguments: [
      ("fd50::1:2:3:4", "ff02::1:ff03:4", "33:33:ff:03:00:04"),
      ("fe80::abcd:ef01:2345:6789", "ff02::1:ff45:6789", "33:33:ff:45:67:89"),
    ])
  func groups(address: String, group: String, groupMAC: String) {
    #expect(ip(address).solicitedNodeMulticast == ip(group))
    #expect(ip(group).multicastMAC.description == groupMAC)
    #expect(
      IPAddress.linkLocal(of: MACAddress(0x52, 0x54, 0, 0x12, 0x34, 0x56)) == ip("fe80::5054:ff:fe12:3456"))
    #expect(IPAddress.allNodes == ip("ff02::1"))
    #expect(IPAddress.allNodes.multicastMAC.description == "33:33:00:00:00:01")
    #expect(ip("ff02::1").isMulticast && ip("224.0.0.1").isMulticast && ip("239.1.1.1").isMulticast)
    #expect(!ip("fd50::1").isMulticast && !ip("223.0.0.1").isMulticast && !ip("240.0.0.1").isMulticast)
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var offset: Int
    var byte: UInt8
    var field: FrameError.Field
    /// Mend the checksum after the byte was changed.
    var mend = true
  }

  @Test(
    "H3: every field of ARP that is wrong is named",
    arguments: [
      Fault(testDescription: "other type", offset: 13, byte: 0, field: .etherType),
      Fault(testDescription: "hardware type", offset: 15, byte: 6, field: .arpHardwareType),
      Fault(testDescription: "protocol type", offset: 17, byte: 6, field: .arpProtocolType),
      Fault(testDescription: "hardware length", offset: 18, byte: 8, field: .arpHardwareLength),
      Fault(testDescription: "protocol length", offset: 19, byte: 16, field: .arpProtocolLength),
      Fault(testDescription: "operation 0", offset: 21, byte: 0, field: .arpOperation),
      Fault(testDescription: "operation 3 (RARP)", offset: 21, byte: 3, field: .arpOperation),
    ])
  func arpFaults(_ fault: Fault) {
    var frame = Fixture.arpRequest
    frame[fault.offset] = fault.byte
    let error = #expect(throws: FrameError.self) { try AddressMessage(parsing: frame) }
    #expect(error?.field == fault.field)
    #expect(
      error.map { ($0.offset...($0.offset + 1)).contains(fault.offset) } == true,
      "\(String(describing: error))")
  }

  @Test(
    "X1: every field of a neighbour message that is wrong is named (RFC 4861 §7.1)",
    arguments: [
      Fault(testDescription: "IPv4", offset: 14, byte: 0x45, field: .ipv6Version),
      Fault(testDescription: "UDP", offset: 20, byte: 17, field: .ipv6NextHeader),
      Fault(testDescription: "extension header", offset: 20, byte: 0, field: .ipv6NextHeader),
      Fault(testDescription: "hop limit 254", offset: 21, byte: 254, field: .ipv6HopLimit),
      Fault(testDescription: "payload too short", offset: 19, byte: 23, field: .ipv6PayloadLength),
      Fault(testDescription: "payload too long", offset: 19, byte: 33, field: .ipv6PayloadLength),
      Fault(testDescription: "half an option", offset: 19, byte: 25, field: .optionLength),
      Fault(testDescription: "router advertisement", offset: 54, byte: 134, field: .icmpType),
      Fault(testDescription: "code 1", offset: 55, byte: 1, field: .icmpCode),
      Fault(testDescription: "checksum", offset: 57, byte: 0x11, field: .icmpChecksum, mend: false),
      Fault(testDescription: "target multicast", offset: 62, byte: 0xff, field: .neighbourTarget),
      Fault(testDescription: "source multicast", offset: 22, byte: 0xff, field: .ipv6Source),
      Fault(testDescription: "option of length 0", offset: 79, byte: 0, field: .optionLength),
      Fault(testDescription: "option beyond the end", offset: 79, byte: 2, field: .optionLength),
    ])
  func neighbourFaults(_ fault: Fault) {
    var frame = NeighbourMessage.solicitation(
      for: ip("fd50::5"), from: mac(10), .linkLocal(of: mac(10)), vlan: .untagged
    ).frame
    frame[fault.offset] = fault.byte
    if fault.mend, fault.field != .ipv6PayloadLength { Self.mend(&frame) }
    let error = #expect(throws: FrameError.self) { try AddressMessage(parsing: frame) }
    #expect(error?.field == fault.field, "\(String(describing: error))")
  }

  @Test(
    "X1: duplicate address detection must go to the group, and without a link-layer address (RFC 4861 §7.1.1)"
  )
  func duplicateAddressDetection() throws {
    let good = NeighbourMessage(
      destination: ip("ff02::1:ff00:5").multicastMAC, source: mac(1), vlan: VLANID(raw: 7),
      sourceIP: .unspecifiedIPv6, destinationIP: ip("ff02::1:ff00:5"), kind: .solicitation,
      target: ip("fd50::5"), linkLayer: nil)
    #expect(try NeighbourMessage(parsing: good.frame) == good)
    #expect(good.isDuplicateAddressDetection)
    var unicast = good
    unicast.destinationIP = ip("fd50::5")
    #expect(throws: FrameError(.ipv6Destination, at: 42, .contradiction)) {
      try NeighbourMessage(parsing: unicast.frame)
    }
    var named = good
    named.linkLayer = mac(1)
    #expect(throws: FrameError(.sourceLinkLayer, at: 82, .contradiction)) {
      try NeighbourMessage(parsing: named.frame)
    }
  }

  @Test("X1: an advertisement to a group cannot be solicited (RFC 4861 §7.1.2); unknown options are skipped")
  func advertisements() throws {
    var message = NeighbourMessage.announcement(of: ip("fd50::5"), at: mac(9), vlan: .untagged)
    message.kind = .advertisement(.init(isRouter: true, isSolicited: true, overrides: false))
    #expect(throws: FrameError(.neighbourFlags, at: 58, .contradiction)) {
      try NeighbourMessage(parsing: message.frame)
    }
    message.kind = .advertisement(.init(isRouter: true, isSolicited: false, overrides: false))
    var frame = message.frame
    frame.insert(contentsOf: [14, 1, 1, 2, 3, 4, 5, 6], at: 78)
    frame[19] += 8
    Self.mend(&frame)
    #expect(try NeighbourMessage(parsing: frame) == message)
  }

  @Test("X2: VLAN identifier 0 is untagged, 4095 is refused")
  func tags() throws {
    var frame = Fixture.taggedReply
    frame[15] = 0
    #expect(try AddressMessage(parsing: frame).vlan == .untagged)
    (frame[14], frame[15]) = (0x0f, 0xff)
    #expect(throws: FrameError(.vlanIdentifier, at: 14, .value(4095))) { try AddressMessage(parsing: frame) }
  }

  @Test("Every truncation is an error, none a crash")
  func truncations() throws {
    for vlan in [0, 20] as [UInt16] {
      let arp = ARPPacket.announcement(of: ip("10.0.0.1"), at: mac(1), vlan: VLANID(raw: vlan)).frame
      let packet = vlan == 0 ? 42 : 46
      for length in 0..<arp.count {
        let parsed = try? AddressMessage(parsing: Array(arp[..<length]))
        #expect((parsed != nil) == (length >= packet), "ARP of \(length)")
      }
      let nd = NeighbourMessage.announcement(of: ip("fd50::1"), at: mac(1), vlan: VLANID(raw: vlan)).frame
      for length in 0..<nd.count {
        #expect(throws: FrameError.self) { try AddressMessage(parsing: Array(nd[..<length])) }
      }
    }
  }

  @Test("What is built is what is parsed", arguments: 1...20)
  func roundTrips(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let vlan = VLANID(raw: Bool.random(using: &random) ? 0 : UInt16.random(in: 1...4094, using: &random))
      func mac() -> MACAddress { MACAddress(raw: random.next()) }
      func v4() -> IPAddress { IPAddress(v4: UInt32.random(in: 0 ... .max, using: &random)) }
      func v6() -> IPAddress { IPAddress(hi: random.next() & ~0xff | 0xfd, lo: random.next(), isIPv6: true) }
      let arp = ARPPacket(
        destination: mac(), source: mac(), vlan: vlan,
        operation: Bool.random(using: &random) ? .request : .reply, senderMAC: mac(), senderIP: v4(),
        targetMAC: mac(), targetIP: v4())
      #expect(try AddressMessage(parsing: arp.frame) == .arp(arp))
      let flags = NeighbourFlags(
        isRouter: Bool.random(using: &random), isSolicited: Bool.random(using: &random),
        overrides: Bool.random(using: &random))
      let nd = NeighbourMessage(
        destination: mac(), source: mac(), vlan: vlan, sourceIP: v6(), destinationIP: v6(),
        kind: Bool.random(using: &random) ? .solicitation : .advertisement(flags), target: v6(),
        linkLayer: Bool.random(using: &random) ? mac() : nil)
      #expect(try AddressMessage(parsing: nd.frame) == .neighbour(nd))
      #expect(Self.referenceChecksum(nd.frame, zeroing: false) == 0)
    }
  }

  @Test(
    "200,000 random and damaged frames: a value or an error, and what is a value is built again",
    arguments: 1...8)
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let seeds: [[UInt8]] = [
      Fixture.arpRequest, Fixture.taggedReply,
      NeighbourMessage.announcement(of: ip("fd50::1"), at: mac(1), vlan: VLANID(raw: 3)).frame,
      NeighbourMessage.solicitation(for: ip("fd50::5"), from: mac(1), ip("fe80::1"), vlan: .untagged).frame,
    ]
    var values = 0
    var lost = 0
    for turn in 0..<25_000 {
      var frame: [UInt8]
      if turn % 4 == 0 {
        frame = (0..<Int.random(in: 0...100, using: &random)).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
        if frame.count > 13 { (frame[12], frame[13]) = Bool.random(using: &random) ? (0x86, 0xdd) : (8, 6) }
      } else {
        frame = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          frame[Int.random(in: 0..<frame.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
        }
        if turn % 3 == 0 { frame.removeLast(Int.random(in: 0..<frame.count, using: &random)) }
        if turn % 2 == 0, frame.count > 60 { Self.mend(&frame) }
      }
      guard let value = try? AddressMessage(parsing: frame) else { continue }
      values += 1
      _ = value.question
      _ = value.binding
      let again =
        switch value {
        case .arp(let packet): packet.frame
        case .neighbour(let message): message.frame
        }
      if (try? AddressMessage(parsing: again)) != value { lost += 1 }
    }
    #expect(values > 1000)
    #expect(lost == 0)
  }

  /// The checksum written down anew, from the words of RFC 1071: byte by byte, over the frame as it is.
  static func referenceChecksum(_ frame: [UInt8], zeroing: Bool) -> UInt16 {
    let ip = frame[12] == 0x81 ? 18 : 14
    let length = Int(frame[ip + 4]) << 8 | Int(frame[ip + 5])
    let end = min(ip + 40 + length, frame.count)
    guard end >= ip + 44 else { return 0 }
    var message = Array(frame[(ip + 40)..<end])
    if zeroing { (message[2], message[3]) = (0, 0) }
    let pseudo = Array(frame[(ip + 8)..<(ip + 40)]) + [0, 0, frame[ip + 4], frame[ip + 5], 0, 0, 0, 58]
    var sum = 0
    for (index, byte) in (pseudo + message).enumerated() { sum += Int(byte) << (index % 2 == 0 ? 8 : 0) }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }

  static func mend(_ frame: inout [UInt8]) {
    let ip = frame[12] == 0x81 ? 18 : 14
    guard frame.count >= ip + 44 else { return }
    let sum = referenceChecksum(frame, zeroing: true)
    frame[ip + 42] = UInt8(sum >> 8)
    frame[ip + 43] = UInt8(sum & 0xff)
  }
}
