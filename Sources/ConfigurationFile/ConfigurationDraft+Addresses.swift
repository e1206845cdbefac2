import SwitchModel
import Wire

extension ConfigurationDraft {
  /// Each packet belongs to one cluster at most: on one VLAN no two clusters share an address unless their services
  /// are apart, and no subnet lies in another.
  func checkClusterAddresses(_ report: Report) {
    let claims = clusters.enumerated().compactMap { AddressClaim(cluster: $0.element, index: $0.offset) }
    let sorted = claims.sorted { $0.order < $1.order }
    // Prefixes are apart or one within the other: those around the present one stand on a stack.
    var around: [AddressClaim] = []
    var group: [AddressClaim] = []
    for claim in sorted {
      if let first = group.first, first.isSamePlace(as: claim) {
        group.append(claim)
        continue
      }
      AddressClaim.checkServices(group, report)
      group = [claim]
      while let last = around.last, !last.contains(claim) { around.removeLast() }
      if let outer = around.last {
        let (first, second) = outer.index < claim.index ? (outer, claim) : (claim, outer)
        report.error(
          "\(second.address.value) overlaps \(first.address.value) of cluster \(first.name)",
          at: second.address.position, path: second.address.path,
          expected: "an address apart from every other cluster's on its VLAN")
      }
      around.append(claim)
    }
    AddressClaim.checkServices(group, report)
    checkSubnetCount(claims, report)
  }

  private func checkSubnetCount(_ claims: [AddressClaim], _ report: Report) {
    let subnets = claims.filter { !$0.address.value.isSingleAddress }
    guard subnets.count > ConfigurationDraft.maximumSubnets else { return }
    let excess = subnets[ConfigurationDraft.maximumSubnets].address
    report.error(
      "subnet \(ConfigurationDraft.maximumSubnets + 1) of \(subnets.count)", at: excess.position,
      path: excess.path,
      expected: "at most \(ConfigurationDraft.maximumSubnets) clusters whose address is a subnet")
  }

  /// The switch's address, and members' and routers' own, are nobody else's.
  func checkOwnAddresses(_ report: Report) {
    var owners: [IPAddress: [(vlan: VLANID, name: String)]] = [:]
    for cluster in clusters {
      guard let address = cluster.address else { continue }
      let name = cluster.name.map { quoted($0.value) } ?? cluster.path
      if let own = own.address, address.value.contains(own.value.address) {
        report.error(
          address.value.isSingleAddress
            ? "\(address.value) is the switch's own address"
            : "\(address.value) holds the switch's own address \(own.value.address)",
          at: address.position, path: address.path, expected: "an address that switch.address is not in")
      }
      if address.value.isSingleAddress {
        owners[address.value.address, default: []].append((cluster.vlan, name))
      }
    }
    func check(_ address: Field<IPAddress>, vlan: VLANID, except exempt: String?) {
      if own.address?.value.address == address.value {
        report.error(
          "\(address.value) is the switch's own address", at: address.position, path: address.path,
          expected: "another address than switch.address")
      }
      if let owner = owners[address.value]?.first(where: { $0.vlan == vlan && $0.name != exempt }) {
        report.error(
          "\(address.value) is the address of cluster \(owner.name)", at: address.position,
          path: address.path,
          expected: "an address that is no cluster's")
      }
    }
    for cluster in clusters {
      // That a member has its own cluster's address is told already.
      let name = cluster.name.map { quoted($0.value) } ?? cluster.path
      let isOwn = cluster.address?.value.isSingleAddress == true
      for member in cluster.members {
        guard let address = member.address else { continue }
        if isOwn, cluster.address?.value.address == address.value { continue }
        check(address, vlan: member.vlan?.value ?? cluster.vlan, except: name)
      }
    }
    for router in pools.flatMap(\.members) {
      let vlan = router.vlan?.value ?? .untagged
      for address in router.addresses {
        check(address, vlan: vlan, except: nil)
        // The switch answers for every address of such a cluster.
        let around = clusters.first { cluster in
          guard let subnet = cluster.address?.value, !subnet.isSingleAddress else { return false }
          return cluster.vlan == vlan && subnet.contains(address.value)
        }
        guard let around, let subnet = around.address?.value else { continue }
        report.error(
          "\(address.value) is in \(subnet) of cluster \(around.name.map { quoted($0.value) } ?? around.path)",
          at: address.position, path: address.path, expected: "an address that is no cluster's")
      }
    }
  }
}
