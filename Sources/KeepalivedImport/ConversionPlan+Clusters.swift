import SwitchModel
import Wire

extension ConversionPlan {
  /// One virtual server becomes a cluster for each of its addresses.
  mutating func plan(_ server: VirtualServer, at targets: [Target]) throws(KeepalivedFault) {
    var pattern = PlannedCluster(
      name: "", services: [], place: server.statement.place, subject: server.statement.shown)
    let isAvailability = server.scheduler == "fo"
    planScheduling(server, &pattern)
    let reals = isAvailability ? server.byWeight : server.realServers
    planProbe(server, reals, port: targets.first?.ports.first { $0 != 0 } ?? 0, &pattern)
    guard !targets.isEmpty else {
      guard case .mark(let mark) = server.target else { return }
      find(
        .notConverted, server.statement,
        "which addresses have the firewall mark is in the firewall: give the cluster its address and services, and take the # away"
      )
      var cluster = pattern
      cluster.name = unique(NameText.fit(server.name ?? "mark-\(mark)") ?? "mark")
      cluster.reasonOff = "the addresses of firewall mark \(shownText(mark, limit: 20)) are not in the file"
      try add(cluster, server, reals, ports: [])
      return
    }
    for target in targets {
      var cluster = pattern
      cluster.address = target.address
      cluster.name = unique(name(of: server, target, isOnly: targets.count == 1))
      cluster.services = services(server.protocolName, target.ports)
      if let other = take(cluster.services, of: target.address) {
        cluster.reasonOff = "\(other) of \(target.address) belongs to a cluster above"
        find(
          .notConverted, server.statement,
          "\(other) of \(target.address) belongs to another cluster: services of one address must be apart")
      } else {
        find(.converted, server.statement, "cluster \(cluster.name)")
      }
      try add(cluster, server, reals, ports: target.ports)
    }
  }

  private func name(of server: VirtualServer, _ target: Target, isOnly: Bool) -> String {
    var name = server.name.flatMap { NameText.fit($0) }
    if name == nil, case .group(let group) = server.target { name = NameText.fit(group) }
    let ports = target.ports.first.map { $0 == 0 ? "" : "-\($0)" } ?? ""
    let place = NameText.fit("\(target.address)") ?? "address"
    if let name { return isOnly ? name : "\(name.prefix(16))-\(place)" }
    return place + ports + (server.protocolName == "tcp" ? "" : "-\(server.protocolName)")
  }

  private func services(_ protocolName: String, _ ports: [UInt16]) -> [Service] {
    let number = IPProtocol.number(named: protocolName) ?? 6
    if ports.contains(0) { return [Service(protocolNumber: number)] }
    return ports.map { Service(protocolNumber: number, port: $0) }
  }

  /// Marks the services as taken; the one that was already, if any, and then none is.
  private mutating func take(_ services: [Service], of address: IPAddress) -> Service? {
    for service in services {
      guard let ports = taken[address]?[service.protocolNumber], !ports.isEmpty else { continue }
      if service.port == 0 || ports.contains(0) || ports.contains(service.port) { return service }
    }
    for service in services {
      taken[address, default: [:]][service.protocolNumber, default: []].insert(service.port)
    }
    return nil
  }

  /// Puts the members into the cluster, and the cluster into the plan.
  private mutating func add(
    _ pattern: PlannedCluster, _ server: VirtualServer, _ reals: [RealServer], ports: [UInt16]
  ) throws(KeepalivedFault) {
    var cluster = pattern
    let isAvailability = server.scheduler == "fo"
    let weights = server.weights
    var addresses: Set<IPAddress> = []
    var memberNames: Set<String> = []
    let all = reals.map { ($0, false) } + (server.sorry.map { [($0, true)] } ?? [])
    for (real, isSorry) in all {
      try countMember(at: real.statement.place)
      var member = PlannedMember(name: "", address: real.address)
      var name =
        real.name.flatMap { NameText.fit($0) } ?? NameText.fit("\(real.address)") ?? "member"
      while !memberNames.insert(name).inserted { name = "\(name.prefix(50))-\(memberNames.count + 1)" }
      member.name = name
      let weight = real.weight ?? server.weight ?? 1
      member.reasonOff = reasonOff(real, in: cluster, weight: isSorry ? 1 : weight, known: addresses)
      if let reason = member.reasonOff {
        find(.notConverted, real.statement, "\(reason): the member is in comments")
      } else {
        addresses.insert(real.address)
        tellPorts(real, server, ports)
        if !isSorry { find(.converted, real.statement, "member \(name)") }
      }
      if isSorry {
        member.isLastResort = !isAvailability && cluster.members.contains { $0.reasonOff == nil }
        if member.reasonOff == nil {
          find(
            .converted, real.statement,
            member.isLastResort
              ? "member of last resort \(name)" : "member \(name), which serves when no member before it can")
        }
      } else if let weights, weight > 0 {
        member.weight = min(weight, weights.upperBound)
      }
      cluster.members.append(member)
    }
    if cluster.reasonOff == nil, !cluster.members.contains(where: { $0.reasonOff == nil }) {
      cluster.reasonOff = "it has no member"
      find(
        .notConverted, server.statement, "no real server of it could be converted: the cluster is in comments"
      )
    }
    for index in cluster.members.indices {
      let isOff = cluster.reasonOff != nil || cluster.members[index].reasonOff != nil
      cluster.members[index].port = isOff ? "CHANGE-ME" : port(of: cluster.members[index].address)
    }
    let active = cluster.members.count { $0.reasonOff == nil }
    if active > 1024 {
      var buckets = 2048
      while buckets < active { buckets *= 2 }
      if buckets > 65536 { cluster.reasonOff = "it has more than 65536 members" }
      cluster.keys.append(("buckets", String(buckets), nil))
    }
    if cluster.reasonOff == nil, cluster.sharesPorts {
      cluster.keys.append(("shared-ports", "true", "members behind one port hear each other"))
      find(
        .changed, server.statement,
        "several members are behind one port: they hear each other there, so keep arp_ignore on them")
    }
    clusters.append(cluster)
  }

  /// Why a real server cannot be a member, or nil.
  private func reasonOff(
    _ real: RealServer, in cluster: PlannedCluster, weight: Int, known: Set<IPAddress>
  ) -> String? {
    if let address = cluster.address, address.isIPv6 != real.address.isIPv6 {
      return "a member has an address of the cluster's family"
    }
    if virtualAddresses.contains(real.address) { return "\(real.address) is the address of a cluster" }
    if known.contains(real.address) {
      return "\(real.address) is a member already, and one server is one member, whatever its ports"
    }
    if weight == 0 { return "weight 0 means no new connections (`flowswitch drain` does that to a member)" }
    return nil
  }

  private mutating func tellPorts(_ real: RealServer, _ server: VirtualServer, _ ports: [UInt16]) {
    guard real.port != 0, let first = ports.first, first != 0, !ports.contains(real.port) else { return }
    find(
      server.method == "NAT" ? .notConverted : .changed, real.statement,
      "ports are not translated: the server must listen on port \(first), not \(real.port)")
  }
}

extension VirtualServer {
  /// The order in which IPVS' failover scheduler takes them: the heaviest first.
  var byWeight: [RealServer] {
    realServers.enumerated().sorted {
      let (a, b) = ($0.element.weight ?? weight ?? 1, $1.element.weight ?? weight ?? 1)
      return a == b ? $0.offset < $1.offset : a > b
    }.map(\.element)
  }

  /// The range that weights are written in; nil where they have no effect or are all the same.
  var weights: ClosedRange<Int>? {
    guard !["rr", "lc", "fo", "dh"].contains(scheduler) else { return nil }
    let all = Set(realServers.map { $0.weight ?? weight ?? 1 }).subtracting([0])
    return all.count > 1 ? 1...65535 : nil
  }
}
