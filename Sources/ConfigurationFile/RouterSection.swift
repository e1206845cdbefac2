import SwitchModel
import Wire

/// `router-pools[i].members[j]:` as it was read.
struct RouterDraft {
  var path: String
  var position: SourcePosition
  var name: Field<String>?
  var address: Field<IPAddress>?
  var linkLocal: Field<IPAddress>?
  var port: Field<String>?
  /// Nil where it is not given.
  var vlan: Field<VLANID>?
  var mac: Field<MACAddress>?
  var weight: Int?

  static let keys = ["name", "address", "link-local", "port", "vlan", "mac", "weight"]

  init(_ item: Item) {
    path = item.path
    position = item.position
    guard let section = Section(item, keys: RouterDraft.keys) else { return }
    name = section.required("name", "a name for the router")?.name()
    address = section.required("address", "the router's address")?.address()
    linkLocal = section["link-local"]?.linkLocalAddress()
    port = section.required("port", "the name of a port")?.text("the name of a port")
    vlan = section["vlan"]?.vlan()
    mac = section["mac"]?.mac()
    weight = section["weight"]?.integer(MemberDraft.weights)?.value
    if let linkLocal, let address, !address.value.isIPv6 {
      section["link-local"]?.error(
        "\(linkLocal.value) stands beside the IPv4 address \(address.value)",
        expected: "no key link-local: only IPv6 routers have one")
    }
  }

  /// The addresses that servers may have as next hop.
  var addresses: [Field<IPAddress>] { [address, linkLocal].compactMap(\.self) }
}

extension Item {
  /// fe80::/10 (RFC 4291 §2.5.6).
  fileprivate func linkLocalAddress() -> Field<IPAddress>? {
    guard let address = address() else { return nil }
    let bytes = address.value.bytes
    guard address.value.isIPv6, bytes[0] == 0xfe, bytes[1] & 0xc0 == 0x80 else {
      error("\(address.value) is not a link-local address", expected: "an address of fe80::/10")
      return nil
    }
    return address
  }
}
