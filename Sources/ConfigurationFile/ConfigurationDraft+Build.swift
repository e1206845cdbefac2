import SwitchModel
import Wire

extension ConfigurationDraft {
  /// The configuration; nil if a part is missing (the report says which).
  func build() -> SwitchConfiguration? {
    guard let name = own.name?.value, let virtualMAC else { return nil }
    var configuration = SwitchConfiguration(
      name: name, datapath: own.datapath, address: own.address?.value, virtualMAC: virtualMAC,
      ports: [], clusters: [])
    configuration.stationAgeing = own.stationAgeing ?? configuration.stationAgeing
    configuration.settleTime = own.settleTime ?? configuration.settleTime
    configuration.observeTime = own.observeTime ?? configuration.observeTime
    configuration.hook = own.hook ?? []
    configuration.api = api?.configuration
    for port in ports {
      guard let name = port.name?.value else { return nil }
      configuration.ports.append(PortConfiguration(name: name, role: port.role))
    }
    for cluster in clusters {
      guard let cluster = cluster.build() else { return nil }
      configuration.clusters.append(cluster)
    }
    for pool in pools {
      guard let pool = pool.build() else { return nil }
      configuration.routerPools.append(pool)
    }
    return configuration
  }
}

extension ClusterDraft {
  fileprivate func build() -> ClusterConfiguration? {
    guard let name = name?.value, let address = address?.value else { return nil }
    var list: [MemberConfiguration] = []
    for member in members {
      guard let name = member.name?.value, let port = member.port?.value else { return nil }
      list.append(
        MemberConfiguration(
          name: name, port: port, vlan: member.vlan?.value ?? vlan, weight: member.weight ?? 100,
          location: member.location, isLastResort: member.lastResort?.value ?? false))
    }
    return ClusterConfiguration(
      name: name, address: address, vlan: vlan, services: services.map(\.value), mode: mode, hash: hash,
      buckets: buckets?.value ?? ClusterDraft.defaultBuckets, sharedPorts: sharedPorts ?? false,
      members: list, probe: probe?.configuration, assignment: assignment, loadRoutine: loadRoutine,
      slowStart: slowStart, stickyTime: stickyTime)
  }
}

extension RouterPoolDraft {
  fileprivate func build() -> RouterPoolConfiguration? {
    guard let name = name?.value else { return nil }
    var list: [RouterConfiguration] = []
    for router in members {
      guard let name = router.name?.value, let address = router.address?.value, let port = router.port?.value
      else { return nil }
      list.append(
        RouterConfiguration(
          name: name, address: address, linkLocal: router.linkLocal?.value, port: port,
          vlan: router.vlan?.value ?? .untagged, mac: router.mac?.value, weight: router.weight ?? 100))
    }
    return RouterPoolConfiguration(
      name: name, balance: balance, choice: choice, loadRoutine: loadRoutine, members: list,
      probe: effectiveProbe)
  }
}
