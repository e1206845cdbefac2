import SwitchModel
import Wire

extension ConfigurationDraft {
  /// What the datapath can tell apart: a router is known by its number, its MAC and its addresses.
  func checkRouters(_ report: Report) {
    let routers = pools.flatMap(\.members)
    if routers.count > ConfigurationDraft.maximumRouters {
      let router = routers[ConfigurationDraft.maximumRouters]
      report.error(
        "router \(ConfigurationDraft.maximumRouters + 1) of \(routers.count)", at: router.position,
        path: router.path, expected: "at most \(ConfigurationDraft.maximumRouters) routers in all pools")
    }
    for pool in pools { pool.checkPlace(report) }
    checkRouterAddresses(report)
    checkRouterMACs(report)
    checkRouterPorts(report)
  }

  /// An address or a MAC leads to one router, so no two pools have the same.
  private func checkRouterAddresses(_ report: Report) {
    struct Place: Hashable {
      var address: IPAddress
      var vlan: VLANID
    }
    var seen: [Place: Field<IPAddress>] = [:]
    for router in pools.flatMap(\.members) {
      for address in router.addresses {
        let place = Place(address: address.value, vlan: router.vlan?.value ?? .untagged)
        if let first = seen[place] {
          report.error(
            "\(address.value) is the address of another router (\(first.path), line \(first.position.line))",
            at: address.position, path: address.path, expected: "an address of its own for each router")
        } else {
          seen[place] = address
        }
      }
    }
  }

  private func checkRouterMACs(_ report: Report) {
    var members: [MACAddress: Field<MACAddress>] = [:]
    for mac in clusters.lazy.flatMap(\.members).compactMap(\.mac) {
      members[mac.value] = members[mac.value] ?? mac
    }
    var seen: [MACAddress: Field<MACAddress>] = [:]
    for mac in pools.flatMap(\.members).compactMap(\.mac) {
      if let first = seen[mac.value] ?? members[mac.value] {
        let who = seen[mac.value] == nil ? "a member" : "another router"
        report.error(
          "\(mac.value) is the MAC of \(who) (\(first.path), line \(first.position.line))", at: mac.position,
          path: mac.path, expected: "a MAC of its own for each router")
      } else {
        seen[mac.value] = mac
      }
    }
  }

  /// Frames of routers are never given to another router: a member behind a router's port would be taken for one.
  private func checkRouterPorts(_ report: Report) {
    var taken: [String: (member: MemberDraft, cluster: ClusterDraft)] = [:]
    for cluster in clusters where cluster.sharedPorts != true {
      for member in cluster.members {
        guard let port = member.port?.value, taken[port] == nil else { continue }
        taken[port] = (member, cluster)
      }
    }
    for router in pools.flatMap(\.members) {
      guard let port = router.port, let (member, cluster) = taken[port.value] else { continue }
      report.error(
        "port \(quoted(port.value)) is that of member \(member.name.map { quoted($0.value) } ?? member.path) of cluster \(cluster.name.map { quoted($0.value) } ?? cluster.path)",
        at: port.position, path: port.path,
        expected: "a port without members, or shared-ports: true in the cluster")
    }
  }
}

extension RouterPoolDraft {
  /// Any router of a pool can stand in for any other: all speak to the servers on one VLAN in one family.
  fileprivate func checkPlace(_ report: Report) {
    if let isIPv6 {
      for address in members.compactMap(\.address) where address.value.isIPv6 != isIPv6 {
        report.error(
          "\(address.value) is not of the pool's family", at: address.position, path: address.path,
          expected: "an \(isIPv6 ? "IPv6" : "IPv4") address like the first router's, or a pool of its own")
      }
    }
    guard let first = members.first else { return }
    let vlan = first.vlan?.value ?? .untagged
    for router in members.dropFirst() where (router.vlan?.value ?? .untagged) != vlan {
      let name = vlan == .untagged ? "untagged" : "\(vlan.raw)"
      report.error(
        "a VLAN other than the first router's", at: router.vlan?.position ?? router.position,
        path: "\(router.path).vlan", expected: "vlan: \(name), or a pool of its own")
    }
  }
}
