import Balancing
import Datapath
public import SwitchModel
import Wire

extension SwitchControl {
  public func probes() -> [ProbeRow] { probeRows() }

  public func routers() -> [RouterRow] {
    clusterTable.filter { $0.pool != nil }.flatMap { cluster -> [RouterRow] in
      let owned = cluster.machine.counts
      var served: [Int: Int] = [:]
      if cluster.pool?.balance == .perServer {
        for server in servers(of: cluster) {
          let owner = cluster.machine[bucket(of: server.mac, in: cluster)]?.current
          if let owner { served[Int(owner.raw), default: 0] += 1 }
        }
      }
      return cluster.members.compactMap { member -> RouterRow? in
        guard let router = cluster.router(of: member) else { return nil }
        let count = routerCount(member, cluster)
        let obstacle = obstacle(member)
        return RouterRow(
          pool: cluster.name, name: router.name, address: router.address.description,
          mac: member.mac?.description, port: router.port, weight: router.weight, admin_state: member.admin,
          state: !member.isResolved
            ? "unresolved" : obstacle == nil || obstacle == .draining ? "operational" : "failed",
          servers: served[member.index] ?? 0,
          buckets: MemberIndex(raw: UInt32(member.index)).flatMap { owned[$0] } ?? 0,
          packets: count.packets, bytes: count.bytes, packets_per_second: member.sample.packetsPerSecond,
          bytes_per_second: member.sample.bytesPerSecond, last_change: member.lastChange)
      }
    }
  }

  /// What went to the router by its own MAC, and by its pool's buckets.
  func routerCount(_ member: MemberRuntime, _ cluster: ClusterRuntime) -> (packets: UInt64, bytes: UInt64) {
    let steered = tables.memberCounters(member.index)
    guard let router = cluster.router(of: member),
      let number = numbers.numbers.routers[NumberAllocator.routerKey(router)]
    else { return (steered.packets, steered.bytes) }
    let own = tables.routerCounters(number)
    return (steered.packets &+ own.packets, steered.bytes &+ own.bytes)
  }
}
