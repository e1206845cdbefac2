import Support
import Testing
import Wire

@Suite("addresses as text")
struct AddressTextTests {
  @Test(
    "IPv4: four decimal parts without leading zeros",
    arguments: [
      ("0.0.0.0", true), ("255.255.255.255", true), ("10.0.0.100", true), ("1.2.3.4", true),
      ("256.1.1.1", false),
      ("1.2.3", false), ("1.2.3.4.5", false), ("01.2.3.4", false), ("1.2.3.04", false), ("1.2.3.", false),
      (".1.2.3", false),
      ("1..2.3", false), ("1.2.3.4 ", false), (" 1.2.3.4", false), ("+1.2.3.4", false), ("-1.2.3.4", false),
      ("1.2.3.4/8", false),
      ("0x1.2.3.4", false), ("1.2.3.a", false), ("", false), ("1234567890.1.1.1", false), ("١.2.3.4", false),
      ("1.2.3.4%0", false),
    ] as [(String, Bool)])
  func v4(text: String, isGood: Bool) {
    #expect((IPAddress(text) != nil) == isGood)
    if isGood { #expect(IPAddress(text)?.description == text) }
  }

  @Test(
    "RFC 4291 §2.2 forms, printed as RFC 5952 says",
    arguments: [
      ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
      ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
      // §4.2.2: one group of zeros is not shortened; §4.2.3: the longest run, the first of equals.
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("0:0:1:0:0:0:0:0", "0:0:1::"),
      ("0:0:0:0:0:0:0:0", "::"), ("0001:0002:0003:0004:0005:0006:0007:0008", "1:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::1.2.3.4", "::102:304"), ("fe80::0a", "fe80::a"),
      ("ff02::1:ff00:0", "ff02::1:ff00:0"),
    ])
  func v6(text: String, printed: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.isIPv6 && address.description == printed)
    #expect(IPAddress(printed) == address)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(
    "no IPv6 address",
    arguments: [
      ":", ":::", "1", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8", "12345::",
      "g::", "::1%eth0", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "1.2.3.4::", "::1.2.3.4:5",
      "::01.2.3.4", "::-1", "::-0", "-0::1", "::+1", "[::1]",
      "::1/64", " ::1", "::1 ", "1::2:", ":1::2", "::ffff:1.2.3.256", "１::",
    ])
  func notV6(text: String) { #expect(IPAddress(text) == nil) }

  @Test(
    "MAC addresses",
    arguments: [
      ("02:00:00:00:02:02", "02:00:00:00:02:02"), ("AA-bb-0C-d0-Ef-01", "aa:bb:0c:d0:ef:01"),
      ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
      ("00:00:00:00:00:00", "00:00:00:00:00:00"), ("2:0:0:0:2:2", nil), ("02:00:00:00:02", nil),
      ("02:00:00:00:02:02:02", nil),
      ("0200.0000.0202", nil), ("020000000202", nil), ("02:00:00:00:02:0g", nil), ("02:00:00:00:02:+2", nil),
      ("02:00:00:00:02:-2", nil),
      ("02:00:00:00:02:", nil), ("", nil), (":::::", nil),
    ] as [(String, String?)])
  func mac(text: String, printed: String?) { #expect(MACAddress(text)?.description == printed) }

  @Test("MAC addresses as numbers and as they stand on the wire") func macNumbers() {
    let mac: MACAddress = "02:f5:00:00:00:ff"
    #expect(mac.number == 0x02f5_0000_00ff && mac.raw == 0xff00_0000_f502)
    #expect(MACAddress(number: mac.number + 1) == "02:f5:00:00:01:00")
    #expect(mac.isLocallyAdministered && !mac.isMulticast && MACAddress.broadcast.isMulticast)
    #expect(MACAddress(raw: .max) == .broadcast && mac.bytes == [0x02, 0xf5, 0, 0, 0, 0xff])
  }

  @Test(
    "prefixes",
    arguments: [
      ("10.50.0.0/24", "10.50.0.0/24", "10.50.0.0/24"), ("10.50.0.77/24", "10.50.0.77/24", "10.50.0.0/24"),
      ("10.0.0.1", "10.0.0.1", "10.0.0.1"),
      ("10.0.0.1/32", "10.0.0.1", "10.0.0.1"), ("1.2.3.4/0", "1.2.3.4/0", "0.0.0.0/0"),
      ("fd50::1:2/64", "fd50::1:2/64", "fd50::/64"),
      ("fd50:0:0:ffff::/49", "fd50:0:0:ffff::/49", "fd50:0:0:8000::/49"),
      ("fd50::ff/121", "fd50::ff/121", "fd50::80/121"), ("::/0", "::/0", "::/0"),
      ("10.0.0.0/33", nil, nil), ("::/129", nil, nil), ("10.0.0.0/", nil, nil), ("10.0.0.0/-1", nil, nil),
      ("10.0.0.0/+8", nil, nil),
      ("10.0.0.0/8/8", nil, nil), ("/8", nil, nil), ("10.0.0.0/8 ", nil, nil),
      ("10.0.0.0/99999999999999999999", nil, nil),
    ] as [(String, String?, String?)])
  func prefix(text: String, printed: String?, network: String?) {
    #expect(IPPrefix(text)?.description == printed)
    #expect(IPPrefix(text)?.network.description == network)
  }

  @Test(
    "a prefix contains what its mask says",
    arguments: [
      ("10.50.0.0/24", "10.50.0.255", true), ("10.50.0.0/24", "10.50.1.0", false),
      ("10.50.0.0/23", "10.50.1.0", true),
      ("0.0.0.0/0", "255.1.2.3", true), ("0.0.0.0/0", "::1", false), ("fd50::/64", "fd50::1:0:0:1", true),
      ("fd50::/64", "fd50:0:0:1::", false),
      ("fd50::/65", "fd50::8000:0:0:0", false), ("fd50::1", "fd50::1", true), ("fd50::1", "fd50::2", false),
      ("::/0", "10.0.0.1", false),
    ] as [(String, String, Bool)])
  func contains(prefix: String, address: String, isIn: Bool) throws {
    #expect(try #require(IPPrefix(prefix)).contains(try #require(IPAddress(address))) == isIn)
  }

  @Test("any text: parsed or refused, and what is parsed is printed so that it comes back") func anyText() {
    var random = SplitMix64(seed: 6)
    let alphabet = Array("0123456789abcdefABCDEFg::::..../-+% ")
    for _ in 0..<20_000 {
      let text = String((0..<random.below(24)).map { _ in random.pick(alphabet) })
      if let address = IPAddress(text) { #expect(IPAddress(address.description) == address, "\(text)") }
      if let prefix = IPPrefix(text) { #expect(IPPrefix(prefix.description) == prefix, "\(text)") }
      if let mac = MACAddress(text) { #expect(MACAddress(mac.description) == mac, "\(text)") }
    }
    for _ in 0..<5_000 {
      let bytes = (0..<16).map { _ in random.oneIn(2) ? 0 : UInt8(random.below(256)) }
      let address = IPAddress(bytes: bytes)
      #expect(address?.bytes == bytes && IPAddress(address?.description ?? "") == address)
    }
  }

  @Test("families differ though their words agree") func families() {
    let four: IPAddress = "0.0.0.0"
    let six: IPAddress = "::"
    #expect(
      four != six && IPAddress(bytes: [1, 2, 3]) == nil
        && IPAddress(bytes: []) == nil)
    #expect(four.isUnspecified && six.isUnspecified)
    #expect(VLANID(raw: 0x1fff).raw == 0xfff && VLANID.untagged.description == "untagged")
  }
}
