import SwitchModel
import Wire

extension Item {
  /// A decimal number within the range.
  func integer(_ range: ClosedRange<Int>) -> Field<Int>? {
    var expected: String { "a whole number from \(range.lowerBound) to \(range.upperBound)" }
    guard let text = plain(expected) else { return nil }
    guard text.utf8.count <= 18, let number = Int(text), text.utf8.first != UInt8(ascii: "+") else {
      error(quoted(text), expected: expected)
      return nil
    }
    guard range.contains(number) else {
      error("\(number) is out of range", expected: expected)
      return nil
    }
    return field(number)
  }

  func boolean() -> Bool? {
    guard let text = plain("true or false") else { return nil }
    switch text {
    case "true": return true
    case "false": return false
    default:
      error(quoted(text), expected: "true or false")
      return nil
    }
  }

  /// One of the words of the type.
  func choice<Choice>(_ type: Choice.Type) -> Field<Choice>?
  where Choice: RawRepresentable<String> & CaseIterable {
    var words: [String] { Choice.allCases.map(\.rawValue) }
    guard let text = text(oneOf(words)) else { return nil }
    guard let choice = Choice(rawValue: text.value) else {
      let hint = suggestion(for: text.value, among: words).map { ", did you mean '\($0)'?" } ?? ""
      error(quoted(text.value) + hint, expected: oneOf(words))
      return nil
    }
    return field(choice)
  }

  func duration(_ range: ClosedRange<Duration>) -> Field<Duration>? {
    let expected =
      "a duration from \(range.lowerBound.text) to \(range.upperBound.text), like 200ms, 1s, 1.5s, 1m or 1h"
    guard let text = text(expected) else { return nil }
    guard let duration = Duration(text: text.value) else {
      let bare = !text.value.isEmpty && text.value.utf8.allSatisfy { (48...57).contains($0) }
      error(quoted(text.value) + (bare ? " has no unit" : ""), expected: expected)
      return nil
    }
    guard range.contains(duration) else {
      error("\(text.value) is out of range", expected: expected)
      return nil
    }
    return field(duration)
  }

  /// A name of a switch, cluster, member or pool: it becomes part of file names, log lines and commands.
  func name() -> Field<String>? {
    let expected = "a name of 1 to 63 letters, digits and . _ - that begins with a letter or digit"
    guard let text = text(expected) else { return nil }
    let bytes = Array(text.value.utf8)
    func isWordByte(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    guard (1...63).contains(bytes.count), isWordByte(bytes[0]),
      bytes.allSatisfy({ isWordByte($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d })
    else {
      error("\(quoted(text.value)) is not a name", expected: expected)
      return nil
    }
    return text
  }

  /// The name of a network interface, as the kernel's dev_valid_name() has it.
  func interfaceName() -> Field<String>? {
    let expected = "an interface name: 1 to 15 bytes without '/', ':' or white space"
    guard let text = text(expected) else { return nil }
    let bytes = Array(text.value.utf8)
    guard (1...15).contains(bytes.count), text.value != ".", text.value != "..",
      bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != 0x2f && $0 != 0x3a && $0 != 0xa0 })
    else {
      error("\(quoted(text.value)) is not an interface name", expected: expected)
      return nil
    }
    return text
  }

  /// 1...4094; `0` and `untagged` stand for untagged frames.
  func vlan() -> Field<VLANID>? {
    let expected = "a VLAN identifier from 1 to 4094, or untagged"
    if case .scalar("untagged", _) = node.content { return field(.untagged) }
    guard let text = plain(expected) else { return nil }
    guard let number = UInt16(text), text.utf8.first != UInt8(ascii: "+"), number <= 4094 else {
      error(quoted(text), expected: expected)
      return nil
    }
    return field(VLANID(raw: number))
  }

  /// The address of a station: neither zero nor a group address.
  func mac() -> Field<MACAddress>? {
    let expected = "a unicast MAC address like 02:00:00:00:02:02"
    guard let text = text(expected) else { return nil }
    guard let mac = MACAddress(text.value) else {
      error("\(quoted(text.value)) is not a MAC address", expected: expected)
      return nil
    }
    if mac == .zero || mac.isMulticast {
      let kind = mac == .zero ? "zero" : mac == .broadcast ? "the broadcast address" : "a multicast address"
      error("\(mac) is \(kind)", expected: expected)
      return nil
    }
    return field(mac)
  }

  /// The address of one host.
  func address() -> Field<IPAddress>? {
    let expected = "an IPv4 or IPv6 address"
    guard let text = text(expected) else { return nil }
    guard let address = IPAddress(text.value) else {
      error("\(quoted(text.value)) is not an address", expected: expected)
      return nil
    }
    if let reason = address.reasonNotAHost {
      error("\(address) is \(reason)", expected: "the address of a host")
      return nil
    }
    return field(address)
  }
}
