import SwitchModel
import Wire

/// `clusters[i].members[j]:` as it was read.
struct MemberDraft {
  var path: String
  var position: SourcePosition
  var name: Field<String>?
  var port: Field<String>?
  var vlan: Field<VLANID>?
  var weight: Int?
  var mac: Field<MACAddress>?
  var address: Field<IPAddress>?
  /// A key that locates the member was written, right or wrong.
  var isLocated = false
  var lastResort: Field<Bool>?
}

extension MemberDraft {
  static let keys = ["name", "port", "vlan", "weight", "mac", "address", "last-resort"]
  static let weights = 1...65535

  init(_ item: Item) {
    self.init(path: item.path, position: item.position)
    guard let section = Section(item, keys: MemberDraft.keys) else {
      isLocated = true
      return
    }
    name = section.required("name", "a name for the member")?.name()
    port = section.required("port", "the name of a port")?.text("the name of a port")
    vlan = section["vlan"]?.vlan()
    weight = section["weight"]?.integer(MemberDraft.weights)?.value
    mac = section["mac"]?.mac()
    address = section["address"]?.address()
    if let item = section["last-resort"] { lastResort = item.boolean().map { item.field($0) } }
    isLocated = section["mac"] != nil || section["address"] != nil
    if section["mac"] != nil, let other = section["address"] {
      other.error("mac and address are both given", expected: "only one of them")
    }
  }

  var location: MemberLocation {
    if let mac { return .mac(mac.value) }
    if let address { return .ownAddress(address.value) }
    return .clusterAddress
  }
}
