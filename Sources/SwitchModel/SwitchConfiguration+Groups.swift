public import Wire

// A router pool is to the datapath a cluster that takes every address, with routers as members (H9): the same numbers,
// buckets, machines and probes.
extension SwitchConfiguration {
  /// Clusters, then router pools.
  public var groups: [ClusterConfiguration] { clusters + routerPools.map(\.group) }
}

extension RouterPoolConfiguration {
  /// Of its routers, which are all of one family.
  public var isIPv6: Bool { members.first?.address.isIPv6 == true }
  public var vlan: VLANID { members.first?.vlan ?? .untagged }

  /// Enough that few servers meet in one: each server's bucket is the hash of its MAC.
  public static let serverBuckets = 4096

  /// The pool as a cluster.
  public var group: ClusterConfiguration {
    let any = IPPrefix(isIPv6 ? IPAddress(hi: 0, lo: 0, isIPv6: true) : IPAddress(0, 0, 0, 0), length: 0)
    let routine =
      switch balance {
      case .perServer: choice == .load ? loadRoutine ?? LoadRoutineConfiguration() : nil
      case .perFlow: loadRoutine
      }
    return ClusterConfiguration(
      name: name, address: any, vlan: vlan,
      buckets: balance == .perServer ? RouterPoolConfiguration.serverBuckets : 1024, sharedPorts: true,
      members: members.map { router in
        MemberConfiguration(
          name: router.name, port: router.port, vlan: router.vlan, weight: router.weight,
          location: router.mac.map { .mac($0) } ?? .ownAddress(router.address))
      },
      probe: probe ?? ProbeConfiguration(kind: isIPv6 ? .nd : .arp), loadRoutine: routine)
  }
}
