import SwitchModel
import Wire

/// What one cluster claims: an address on a VLAN, whole or by services.
struct AddressClaim {
  let index: Int
  let name: String
  let address: Field<IPPrefix>
  let vlan: VLANID
  let services: [Field<Service>]
  /// Whether `services` is all that the file says; otherwise it is not compared.
  let servicesAreKnown: Bool

  init?(cluster: ClusterDraft, index: Int) {
    guard let address = cluster.address, cluster.vlanIsKnown else { return nil }
    self.index = index
    self.name = cluster.name.map { quoted($0.value) } ?? cluster.path
    self.address = address
    self.vlan = cluster.vlan
    self.services = cluster.services
    self.servicesAreKnown = cluster.servicesAreKnown
  }

  struct Order: Comparable {
    var vlan: UInt16
    var isIPv6: Bool
    var network: UInt128
    var length: Int
    var index: Int

    static func < (a: Order, b: Order) -> Bool {
      if a.vlan != b.vlan { return a.vlan < b.vlan }
      if a.isIPv6 != b.isIPv6 { return b.isIPv6 }
      return (a.network, a.length, a.index) < (b.network, b.length, b.index)
    }
  }

  /// By VLAN, family and address; a prefix comes before those in it, and equals in the order of the file.
  var order: Order {
    let prefix = address.value
    let number = prefix.address.bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return Order(
      vlan: vlan.raw, isIPv6: prefix.address.isIPv6, network: number, length: prefix.length, index: index)
  }

  func isSamePlace(as other: AddressClaim) -> Bool {
    vlan == other.vlan && address.value == other.address.value
  }

  func contains(_ other: AddressClaim) -> Bool {
    vlan == other.vlan && address.value.length <= other.address.value.length
      && address.value.contains(other.address.value.address)
  }

  /// Claims of one address on one VLAN, in the order of the file: their services must be apart. A cluster without
  /// services claims all.
  static func checkServices(_ claims: [AddressClaim], _ report: Report) {
    guard claims.count > 1 else { return }
    var whole: AddressClaim?
    var byProtocol: [UInt8: AddressClaim] = [:]
    var byService: [Service: AddressClaim] = [:]
    var first: AddressClaim?
    for claim in claims where claim.servicesAreKnown {
      if let other = claim.services.isEmpty ? first : whole {
        report.error(
          "\(claim.address.value) is the address of cluster \(other.name) already",
          at: claim.address.position,
          path: claim.address.path, expected: "another address or VLAN, or services in both that are apart")
      }
      for field in claim.services {
        let service = field.value
        let other =
          service.port == 0
          ? byProtocol[service.protocolNumber]
          : byService[service] ?? byService[Service(protocolNumber: service.protocolNumber)]
        if let other, other.index != claim.index {
          report.error(
            "\(service) of \(claim.address.value) belongs to cluster \(other.name) already",
            at: field.position, path: field.path,
            expected: "a service that no other cluster of the address has")
        }
        byProtocol[service.protocolNumber] = byProtocol[service.protocolNumber] ?? claim
        byService[service] = byService[service] ?? claim
      }
      if claim.services.isEmpty { whole = whole ?? claim }
      first = first ?? claim
    }
  }
}
