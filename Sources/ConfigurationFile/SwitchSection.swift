import SwitchModel
import Wire

/// `switch:` as it was read.
struct SwitchDraft {
  var name: Field<String>?
  var datapath: DatapathChoice = .auto
  var address: Field<IPPrefix>?
  var virtualMAC: Field<MACAddress>?
  var stationAgeing: Duration?
  var settleTime: Duration?
  var observeTime: Duration?
  var hook: [String]?
}

extension SwitchDraft {
  static let keys = [
    "name", "datapath", "address", "virtual-mac", "station-ageing", "settle-time", "observe-time", "hook",
  ]

  init(_ item: Item) {
    self.init()
    guard let section = Section(item, keys: SwitchDraft.keys) else { return }
    name = section.required("name", "a name for the switch")?.name()
    if let item = section["datapath"], let choice = item.choice(DatapathChoice.self)?.value {
      datapath = choice
    }
    address = section["address"]?.interfaceAddress()
    virtualMAC = section["virtual-mac"]?.virtualMAC()
    // The datapath keeps a station's age in 8 bits of 3.2 s each: ten minutes leave it room to tell old from new.
    stationAgeing = section["station-ageing"]?.duration(.seconds(1)...(.seconds(600)))?.value
    settleTime = section["settle-time"]?.duration(.milliseconds(100)...(.seconds(86400)))?.value
    observeTime = section["observe-time"]?.duration(.seconds(0)...(.seconds(600)))?.value
    hook = section["hook"]?.command()
  }
}

extension Item {
  fileprivate func virtualMAC() -> Field<MACAddress>? {
    guard let mac = mac() else { return nil }
    guard mac.value.isLocallyAdministered else {
      error(
        "\(mac.value) is not locally administered",
        expected: "a MAC address whose first byte has the bit 0x02, like 02:f5:00:00:00:01")
      return nil
    }
    guard mac.value.number & 0xffff >= 1 else {
      error(
        "\(mac.value) leaves no room for the switch's own MAC, which is the one before",
        expected: "a MAC address that does not end in 00:00")
      return nil
    }
    return mac
  }
}

extension MACAddress {
  /// The base that a switch has unless configured: 02:f5, 16 bits from the name (FNV-1a, folded), 00:01. Stable over
  /// restarts and versions: stations remember these addresses.
  init(derivedFromName name: String) {
    var hash: UInt32 = 0x811c_9dc5
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    let folded = UInt64((hash >> 16) ^ (hash & 0xffff))
    self.init(number: 0x02f5_0000_0001 | folded << 16)
  }
}
