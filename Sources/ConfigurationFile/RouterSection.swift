import SwitchModel
import Wire

/// `router-pools[i].members[j]:` as it was read.
struct RouterDraft {
  var name: Field<String>?
  var address: Field<IPAddress>?
  var port: Field<String>?
  var vlan: VLANID = .untagged
  var mac: Field<MACAddress>?

  init(_ item: Item) {
    guard let section = Section(item, keys: ["name", "address", "port", "vlan", "mac"]) else { return }
    name = section.required("name", "a name for the router")?.name()
    address = section.required("address", "the router's address")?.address()
    port = section.required("port", "the name of a port")?.text("the name of a port")
    vlan = section["vlan"]?.vlan()?.value ?? .untagged
    mac = section["mac"]?.mac()
  }
}
