import SwitchModel
import Wire

extension ConfigurationDraft {
  /// The MAC before the base is the switch's own; cluster i has base + i,
  /// pool j base + clusters + j. All differ in the lowest 16 bits only.
  func checkVirtualMACs(_ report: Report) {
    guard let base = virtualMAC else { return }
    let low = base.number & 0xffff
    let count = clusters.count + pools.count
    let last = 0xffff - UInt64(count)
    if let field = own.virtualMAC, low > last {
      report.error(
        "\(base) has no room for \(count) clusters\(pools.isEmpty ? "" : " and router pools") in its lowest 16 bits",
        at: field.position,
        path: field.path,
        expected: "at most \(MACAddress(number: base.number & ~0xffff | last))")
    }
    let first = base.number - 1
    let end = base.number + UInt64(count)
    func check(_ mac: Field<MACAddress>?) {
      guard let mac else { return }
      if mac.value.isOfProbes {
        report.error(
          "\(mac.value) is one of those that probes are sent to", at: mac.position, path: mac.path,
          expected: "a MAC that does not begin with ae:f5:50")
      }
      guard (first..<end).contains(mac.value.number) else { return }
      report.error(
        "\(mac.value) is one of the switch's own", at: mac.position, path: mac.path,
        expected: "a MAC that is not from \(MACAddress(number: first)) to \(MACAddress(number: end - 1))")
    }
    if let field = own.virtualMAC, base.isOfProbes {
      report.error(
        "\(base) is one of those that probes are sent to", at: field.position, path: field.path,
        expected: "a MAC that does not begin with ae:f5:50")
    }
    for cluster in clusters { for member in cluster.members { check(member.mac) } }
    for pool in pools { for router in pool.members { check(router.mac) } }
  }

  /// As configured, or from the name; nil while neither can be read.
  var virtualMAC: MACAddress? {
    own.virtualMAC?.value ?? own.name.map { MACAddress(derivedFromName: $0.value) }
  }
}

extension MACAddress {
  /// The range in which each member has a MAC for its probes.
  fileprivate var isOfProbes: Bool { number >> 24 == 0xaef550 }
}
