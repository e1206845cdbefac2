import Wire

@testable import ProxyARP

/// What the tests of the machines share: addresses, and shorthand for messages.
enum Scene {
  static let shared = ip("10.50.0.5")
  static let shared6 = ip("fd50::5")
  static let router = ip("10.50.0.1")
  static let router6 = ip("fe80::1")
  static let switchMAC = MACAddress(2, 0xff, 0, 0, 0, 1)
  static let virtualMAC = MACAddress(2, 0xfe, 0, 0, 0, 0)
  static let identity = SwitchIdentity(mac: switchMAC, virtualMAC: virtualMAC, virtualCount: 16)

  /// A message as it comes in: through bytes.
  static func through(_ frame: [UInt8]) -> AddressMessage? { try? AddressMessage(parsing: frame) }

  static func reply(
    _ address: IPAddress, at mac: MACAddress, isRouter: Bool = false, vlan: VLANID = .untagged
  ) -> AddressMessage {
    if address.isIPv6 {
      return .neighbour(
        .answer(address, at: mac, isRouter: isRouter, vlan: vlan, to: switchMAC, identity.linkLocal))
    }
    return .arp(.reply(address, at: mac, vlan: vlan, to: switchMAC, IPAddress(0, 0, 0, 0)))
  }

  static func announcement(of address: IPAddress, at mac: MACAddress) -> AddressMessage {
    address.isIPv6
      ? .neighbour(.announcement(of: address, at: mac, vlan: .untagged))
      : .arp(.announcement(of: address, at: mac, vlan: .untagged))
  }
}
