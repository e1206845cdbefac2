import SwitchModel
import Wire

extension ConfigurationDraft {
  /// The MAC before the base is the switch's own; cluster i has base + i. All differ in the lowest 16 bits only.
  func checkVirtualMACs(_ report: Report) {
    guard let base = virtualMAC else { return }
    let low = base.number & 0xffff
    let last = 0xffff - UInt64(clusters.count)
    if let field = own.virtualMAC, low > last {
      report.error(
        "\(base) has no room for \(clusters.count) clusters in its lowest 16 bits", at: field.position,
        path: field.path,
        expected: "at most \(MACAddress(number: base.number & ~0xffff | last))")
    }
    let first = base.number - 1
    let end = base.number + UInt64(clusters.count)
    func check(_ mac: Field<MACAddress>?) {
      guard let mac, (first..<end).contains(mac.value.number) else { return }
      report.error(
        "\(mac.value) is one of the switch's own", at: mac.position, path: mac.path,
        expected: "a MAC that is not from \(MACAddress(number: first)) to \(MACAddress(number: end - 1))")
    }
    for cluster in clusters { for member in cluster.members { check(member.mac) } }
    for pool in pools { for router in pool.members { check(router.mac) } }
  }

  /// As configured, or from the name; nil while neither can be read.
  var virtualMAC: MACAddress? {
    own.virtualMAC?.value ?? own.name.map { MACAddress(derivedFromName: $0.value) }
  }
}
