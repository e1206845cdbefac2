import SwitchModel
import Wire

extension Item {
  /// A cluster's address: one host, or a subnet without host bits.
  func clusterAddress() -> Field<IPPrefix>? {
    let expected = "an IPv4 or IPv6 address, or a subnet like 10.50.1.0/24"
    guard let text = text(expected) else { return nil }
    guard let prefix = IPPrefix(text.value) else {
      error("\(quoted(text.value)) is not an address", expected: expected)
      return nil
    }
    guard prefix == prefix.network else {
      error(
        "\(prefix) has host bits set",
        expected: "the subnet \(prefix.network), or the address \(prefix.address) alone")
      return nil
    }
    guard prefix.length > 0 else {
      error("\(text.value) is every address", expected: expected)
      return nil
    }
    if let reason = prefix.address.reasonNotAHost {
      error("\(prefix) is \(reason)", expected: "an address of hosts")
      return nil
    }
    return field(prefix)
  }

  /// An interface address: a host and the length of its subnet's prefix.
  func interfaceAddress() -> Field<IPPrefix>? {
    let expected = "an address with the length of its prefix, like 10.50.0.254/24"
    guard let text = text(expected) else { return nil }
    guard let prefix = IPPrefix(text.value) else {
      error("\(quoted(text.value)) is not an address", expected: expected)
      return nil
    }
    guard text.value.utf8.contains(UInt8(ascii: "/")) else {
      error("\(quoted(text.value)) has no prefix length", expected: expected)
      return nil
    }
    if let reason = prefix.address.reasonNotAHost ?? prefix.reasonNotAnInterface {
      error("\(prefix.address) is \(reason)", expected: expected)
      return nil
    }
    return field(prefix)
  }
}

extension IPPrefix {
  /// Why an interface cannot have this address in its subnet, or nil. Prefixes of 31 bits have neither network nor
  /// broadcast address (RFC 3021); in IPv6 there is no broadcast.
  fileprivate var reasonNotAnInterface: String? {
    if length == 0 { return "in a subnet of every address" }
    guard !address.isIPv6, length < 31 else { return nil }
    if address == network.address { return "the address of the subnet itself" }
    let mask = self.mask
    return (address.lo | mask.lo) & 0xffff_ffff == 0xffff_ffff ? "the broadcast address of its subnet" : nil
  }
}
