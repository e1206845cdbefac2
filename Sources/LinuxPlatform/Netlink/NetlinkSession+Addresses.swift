import CNetlink
public import Wire

// IFA_F_… of linux/if_addr.h and RT_SCOPE_LINK of linux/rtnetlink.h.
private let noDuplicateDetection: UInt32 = 0x02
private let duplicate: UInt32 = 0x08
private let tentative: UInt32 = 0x40
private let permanent: UInt32 = 0x80
private let noPrefixRoute: UInt32 = 0x200
private let linkScope: UInt8 = 253

extension NetlinkSession {
  /// Addresses of all interfaces, or of one.
  public func addresses(of interface: UInt32? = nil) throws(SystemError) -> [InterfaceAddress] {
    let all = try list("list addresses", { fs_addresses($0, &$1, &$2, &$3) }, { InterfaceAddress($0) })
    return all.compactMap { $0 }.filter { interface == nil || $0.interface == interface }
  }

  /// Adds an address. An IPv6 one is used at once, without duplicate address detection: the caller vouches for it.
  /// - Parameter prefixRoute: whether the kernel adds a route to the address' network.
  /// - Throws: `EEXIST` when the interface has it.
  public func addAddress(
    _ address: IPPrefix, to interface: UInt32, prefixRoute: Bool = true
  ) throws(SystemError) {
    var request = fs_interface_address()
    request.index = interface
    request.address = fs_address(address)
    request.flags = (address.address.isIPv6 ? noDuplicateDetection : 0) | (prefixRoute ? 0 : noPrefixRoute)
    try perform("add address", "\(address)") { pointer, error in
      withUnsafePointer(to: request) { fs_address_add(pointer, $0, &error) }
    }
  }

  /// - Throws: `EADDRNOTAVAIL` when the interface does not have it.
  public func deleteAddress(_ address: IPPrefix, from interface: UInt32) throws(SystemError) {
    var request = fs_interface_address()
    request.index = interface
    request.address = fs_address(address)
    try perform("delete address", "\(address)") { pointer, error in
      withUnsafePointer(to: request) { fs_address_delete(pointer, $0, &error) }
    }
  }
}

extension InterfaceAddress {
  /// Nil for what is neither IPv4 nor IPv6.
  init?(_ from: fs_interface_address) {
    guard let prefix = from.address.ipPrefix else { return nil }
    self.init(
      interface: from.index, address: prefix, isPermanent: from.flags & permanent != 0,
      isLinkLocal: from.scope == linkScope, isTentative: from.flags & (tentative | duplicate) != 0)
  }
}
