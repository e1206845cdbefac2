import SwitchModel
import Wire

extension ConfigurationDraft {
  func checkMembers(_ report: Report) {
    var total = 0
    for cluster in clusters {
      if total <= ConfigurationDraft.maximumMembers,
        total + cluster.members.count > ConfigurationDraft.maximumMembers
      {
        let member = cluster.members[ConfigurationDraft.maximumMembers - total]
        report.error(
          "member \(ConfigurationDraft.maximumMembers + 1) of the switch", at: member.position,
          path: member.path, expected: "at most \(ConfigurationDraft.maximumMembers) members in all clusters")
      }
      total += cluster.members.count
      cluster.checkIsolation(report)
      cluster.checkLocations(report)
      cluster.checkBuckets(report)
    }
  }
}

extension ClusterDraft {
  /// One MAC a member, one port a member unless the operator allows more (WO 99/33227, H13): behind one port the
  /// switch cannot keep one member's claims to the shared address from the other.
  fileprivate func checkIsolation(_ report: Report) {
    var ports: [String: MemberDraft] = [:]
    var macs: [MACAddress: Field<MACAddress>] = [:]
    for member in members {
      if let port = member.port, sharedPorts != true {
        if let first = ports[port.value] {
          let name = first.name.map { quoted($0.value) } ?? first.path
          report.error(
            "member \(name) is on port \(quoted(port.value)) already", at: port.position, path: port.path,
            expected: "a port for each member, or shared-ports: true in the cluster")
        } else {
          ports[port.value] = member
        }
      }
      if let mac = member.mac {
        if let first = macs[mac.value] {
          report.error(
            "\(mac.value) is the MAC of another member (\(first.path), line \(first.position.line))",
            at: mac.position, path: mac.path, expected: "a MAC of its own for each member")
        } else {
          macs[mac.value] = mac
        }
      }
    }
  }

  /// Each member can be found (H4), and no two at one place.
  fileprivate func checkLocations(_ report: Report) {
    struct Place: Hashable {
      var address: IPAddress
      var vlan: VLANID
    }
    var places: [Place: Field<IPAddress>] = [:]
    for member in members {
      if let address, !address.value.isSingleAddress, !member.isLocated {
        report.error(
          "its MAC cannot be found: the cluster's address \(address.value) is a subnet", at: member.position,
          path: member.path, expected: "the key mac or address")
      }
      guard let own = member.address else { continue }
      if let address, address.value.isSingleAddress, address.value.address == own.value {
        report.error(
          "\(own.value) is the cluster's address", at: own.position, path: own.path,
          expected: "an address of the member's own, or no key address")
      }
      let place = Place(address: own.value, vlan: member.vlan?.value ?? vlan)
      if let first = places[place] {
        report.error(
          "\(own.value) is the address of another member (\(first.path), line \(first.position.line))",
          at: own.position, path: own.path, expected: "an address of its own for each member")
      } else {
        places[place] = own
      }
    }
  }

  fileprivate func checkBuckets(_ report: Report) {
    let count = buckets?.value ?? ClusterDraft.defaultBuckets
    guard count < members.count else { return }
    var enough = 1
    while enough < members.count { enough *= 2 }
    report.error(
      "\(count) buckets are fewer than the \(members.count) members", at: buckets?.position ?? position,
      path: buckets?.path ?? "\(path).buckets",
      expected: enough <= 65536 ? "at least \(enough)" : "at most 65536 members in a cluster")
  }
}
