import Support
import Testing
import Wire

@Suite("frame views and the builder")
struct FrameViewTests {
  @Test("accessors at any alignment, in wire order and host order") func accessors() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    defer { memory.deallocate() }
    for start in 0..<9 {
      let frame = Frame(base: memory + start, end: memory + start + 40)
      #expect(frame.count == 40 && frame.has(40) && !frame.has(41) && frame.hasIndeed(0))
      frame.set16(0, 0x1234)
      #expect(frame.u8(0) == 0x12 && frame.u16(0) == 0x1234 && frame.raw16(0) == 0x3412)
      frame.setRaw32(3, 0x0403_0201)
      #expect((0..<4).map { frame.u8(3 + $0) } == [1, 2, 3, 4] && frame.raw32(3) == 0x0403_0201)
      frame.setRaw64(9, 0x0807_0605_0403_0201)
      #expect(frame.raw64(9) == 0x0807_0605_0403_0201 && frame.u8(16) == 8)
      frame.set8(30, 0xee)
      frame.setMAC(24, 0x0605_0403_0201)
      #expect(frame.mac(24) == 0x0605_0403_0201 && frame.u8(29) == 6 && frame.u8(30) == 0xee)
      #expect(frame.from(8).raw16(1) == frame.raw16(9))
    }
  }

  @Test("the builder's checksums are right") func checksums() {
    let four = NetworkPayload.ipv4(
      "192.0.2.1", "10.0.0.1", .tcp(1, 2, .syn, [1, 2, 3]), options: [1, 1, 1, 1])
    #expect(Array(four.bytes.prefix(24)).internetChecksum == 0)
    let pseudo: [UInt8] = [192, 0, 2, 1, 10, 0, 0, 1, 0, 6, 0, 23]
    #expect((pseudo + four.bytes.dropFirst(24)).internetChecksum == 0)
    let echo = NetworkPayload.ipv4("192.0.2.1", "10.0.0.1", .icmpEcho(id: 7))
    #expect(Array(echo.bytes.dropFirst(20)).internetChecksum == 0)
    let six = NetworkPayload.ipv6(
      "fe80::1", "ff02::1:ff00:1", .neighbourSolicitation("fd50::1", option: "02:00:00:00:00:01"))
    let pseudoSix = Array(six.bytes[8..<40]) + [0, 0, 0, 32, 0, 0, 0, 58]
    #expect((pseudoSix + six.bytes.dropFirst(40)).internetChecksum == 0 && six.bytes[7] == 255)
  }

  @Test("frames print as one line, whatever they hold") func lines() {
    let mac: MACAddress = "02:00:00:00:00:01"
    let rows: [(NetworkPayload, [TestFrame.Tag], String)] = [
      (
        .ipv4("192.0.2.1", "10.0.0.1", .tcp(40000, 80, [.syn, .ack])), [.vlan(10, priority: 3)],
        "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, vlan 10 p 3, IPv4: 192.0.2.1.40000 > 10.0.0.1.80: TCP [S.], length 58"
      ),
      (
        .arp(.request, sender: "10.0.0.2", mac, target: "10.0.0.1"), [],
        "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ARP: who-has 10.0.0.1 tell 10.0.0.2 (02:00:00:00:00:01), length 42"
      ),
      (
        .ipv6("fe80::1", "ff02::1", .neighbourAdvertisement("fd50::1", flags: 0, option: mac)), [],
        "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, IPv6: fe80::1 > ff02::1: ICMP6 type 136 target fd50::1, length 86"
      ),
    ]
    for (payload, tags, line) in rows {
      let frame = TestFrame(from: mac, to: .broadcast, tags: tags, payload)
      #expect(frame.description == line)
      #expect([UInt8](hex: frame.bytes.hex) == frame.bytes)
      for length in 0..<frame.bytes.count { #expect(!frame.cut(to: length).description.isEmpty) }
    }
  }
}
