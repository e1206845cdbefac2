import CNetlink
import SystemPackage
public import Wire

extension NetlinkSession {
  /// All links of the namespace, by index.
  public func links() throws(SystemError) -> [Link] {
    try list("list links", { fs_links($0, &$1, &$2, &$3) }, { Link($0) }).sorted { $0.index < $1.index }
  }

  /// Nil when there is none of that name. Alternative names (`altname`) are not looked at.
  public func link(named name: String) throws(SystemError) -> Link? {
    try lookUp(name) { fs_link_by_name($0, name, &$1, &$2) }
  }

  /// Nil when there is none of that index.
  public func link(index: UInt32) throws(SystemError) -> Link? {
    try lookUp("#\(index)") { fs_link_by_index($0, index, &$1, &$2) }
  }

  private func lookUp(
    _ subject: String, _ call: (OpaquePointer, inout fs_link, inout fs_netlink_error) -> Int32
  ) throws(SystemError) -> Link? {
    var found = fs_link()
    do {
      try perform("look up link", subject) { pointer, error in call(pointer, &found, &error) }
    } catch {
      if error.code == .operationNotSupportedByDevice { return nil }
      throw error
    }
    return Link(found)
  }

  /// Sets or clears flags; those not in `mask` keep what they are even when another process changes them just now.
  public func setFlags(_ flags: LinkFlags, mask: LinkFlags, of index: UInt32) throws(SystemError) {
    var change = fs_link_change()
    change.flags = flags.rawValue
    change.flag_mask = mask.rawValue
    try apply(change, "change flags of", index)
  }

  public func setUp(_ up: Bool, of index: UInt32) throws(SystemError) {
    try setFlags(up ? .up : [], mask: .up, of: index)
  }

  public func setPromiscuous(_ on: Bool, of index: UInt32) throws(SystemError) {
    try setFlags(on ? .promiscuous : [], mask: .promiscuous, of: index)
  }

  /// Whether the kernel speaks ARP there (the inverse of `IFF_NOARP`).
  public func setARP(_ on: Bool, of index: UInt32) throws(SystemError) {
    try setFlags(on ? [] : .noARP, mask: .noARP, of: index)
  }

  /// Some drivers want the link down for this (`EBUSY`).
  public func setMACAddress(_ mac: MACAddress, of index: UInt32) throws(SystemError) {
    var change = fs_link_change()
    change.set_mac = 1
    change.mac = mac.cBytes
    try apply(change, "set the MAC address of", index)
  }

  /// Bytes of payload that a frame may carry.
  public func setMTU(_ bytes: Int, of index: UInt32) throws(SystemError) {
    var change = fs_link_change()
    change.set_mtu = 1
    change.mtu = UInt32(clamping: bytes)
    try apply(change, "set the MTU of", index)
  }

  private func apply(_ change: fs_link_change, _ operation: String, _ index: UInt32) throws(SystemError) {
    try perform(operation, "link #\(index)") { pointer, error in
      withUnsafePointer(to: change) { fs_link_apply(pointer, index, $0, &error) }
    }
  }

  /// Removes a virtual link; a veth's other end goes with it.
  public func deleteLink(index: UInt32) throws(SystemError) {
    try perform("delete", "link #\(index)") { pointer, error in fs_link_delete(pointer, index, &error) }
  }

  /// Makes a veth pair, both ends down. Fails with `EEXIST` when one of the names is taken.
  /// - Parameter mtu: bytes; nil for the kernel's default.
  public func createVeth(
    _ name: String, mac: MACAddress? = nil, peer: String, peerMAC: MACAddress? = nil, mtu: Int? = nil
  ) throws(SystemError) {
    for name in [name, peer] where !InterfaceName.isValid(name) {
      throw SystemError("create veth", name, code: .invalidArgument, detail: "not an interface name")
    }
    try perform("create veth", "\(name) with \(peer)") { pointer, error in
      withBytes(of: mac) { mac in
        withBytes(of: peerMAC) { peerMAC in
          fs_veth_create(pointer, name, mac, peer, peerMAC, UInt32(clamping: mtu ?? 0), &error)
        }
      }
    }
  }
}

private func withBytes<Result>(of mac: MACAddress?, _ body: (UnsafePointer<UInt8>?) -> Result) -> Result {
  guard let mac else { return body(nil) }
  return mac.bytes.withUnsafeBufferPointer { body($0.baseAddress) }
}
