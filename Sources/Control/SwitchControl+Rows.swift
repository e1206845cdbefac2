import Balancing
import CTables
import Datapath
import Forwarding
import Glibc
import HealthProbe
import LinuxPlatform
import ProxyARP
public import SwitchModel
import Wire

// What the API shows.
extension SwitchControl: SwitchOperations {
  public func version() -> VersionRow {
    VersionRow(
      version: release, name: configuration.name, pid: Int(getpid()), datapath: datapath.kind.rawValue,
      datapath_reason: datapathReason, kernel: (try? KernelInformation.release()) ?? "",
      started_at: startedAt.description, adopted: isAdopted)
  }

  public func ports() -> [PortRow] {
    // What was flooded left by every other port that was up.
    let counters = portTable.map { tables.portCounters($0.index) }
    let own = tables.portCounters(NumberAllocator.ownPort)
    let floodPackets = counters.reduce(own.floodPackets) { $0 &+ $1.floodPackets }
    let floodBytes = counters.reduce(own.floodBytes) { $0 &+ $1.floodBytes }
    var stations: [Int: Int] = [:]
    for station in tables.stations { stations[station.port, default: 0] += 1 }
    return zip(portTable, counters).map { port, count in
      PortRow(
        name: port.name, role: port.configuration.role, link: port.linkState,
        speed_mbps: port.speedMegabits, mode: datapath.kind.rawValue, rx_packets: count.rxPackets,
        tx_packets: count.txPackets &+ floodPackets &- count.floodPackets, rx_bytes: count.rxBytes,
        tx_bytes: count.txBytes &+ floodBytes &- count.floodBytes,
        rx_dropped: dropped(atPort: port.index), tx_dropped: 0, stations: stations[port.index] ?? 0)
    }
  }

  private func dropped(atPort port: Int) -> UInt64 {
    Reason.allCases.filter { !$0.isPunt }.reduce(0) { $0 &+ tables.count($1, port: port) }
  }

  /// Each cluster in turn, and now and then others' turn: what fails while somebody asks for tens of thousands of rows is
  /// not kept waiting.
  func forEachCluster(_ body: (ClusterRuntime) -> Void) async {
    for position in clusterTable.indices {
      if position % 64 == 63 { await Task.yield() }
      body(clusterTable[position])
    }
  }

  public func clusters() async -> [ClusterRow] {
    var rows: [ClusterRow] = []
    await forEachCluster { cluster in
      if cluster.pool != nil { return }
      let able = cluster.members.count(where: canServe)
      let counts = cluster.members.map { tables.memberCounters($0.index) }
      rows.append(
        ClusterRow(
          name: cluster.name, kind: "server", address: cluster.configuration.address.description,
          virtual_mac: cluster.virtualMAC.description, mode: cluster.configuration.mode,
          state: able == 0 ? "failed" : able < cluster.members.count ? "degraded" : "operational",
          members_operational: able, members_total: cluster.members.count,
          buckets: cluster.configuration.buckets, packets: counts.reduce(0) { $0 &+ $1.packets },
          bytes: counts.reduce(0) { $0 &+ $1.bytes }))
    }
    return rows
  }

  public func members() async -> [MemberRow] {
    var rows: [MemberRow] = []
    await forEachCluster { cluster in
      if cluster.pool != nil { return }
      let owned = cluster.machine.counts
      for member in cluster.members {
        let count = tables.memberCounters(member.index)
        let address: String? =
          switch member.configuration.location {
          case .clusterAddress: cluster.configuration.address.description
          case .ownAddress(let address): address.description
          case .mac: nil
          }
        rows.append(
          MemberRow(
            cluster: cluster.name, name: member.configuration.name, port: member.configuration.port,
            mac: member.mac?.description, address: address, weight: member.configuration.weight,
            admin_state: member.admin.rawValue, state: stateName(member, cluster),
            buckets: MemberIndex(raw: UInt32(member.index)).flatMap { owned[$0] } ?? 0,
            packets: count.packets, bytes: count.bytes, packets_per_second: member.sample.packetsPerSecond,
            bytes_per_second: member.sample.bytesPerSecond,
            new_flows_per_second: member.sample.newFlowsPerSecond,
            leaving_packets_per_second: member.sample.leavingPerSecond, last_change: member.lastChange))
      }
    }
    return rows
  }

  private func stateName(_ member: MemberRuntime, _ cluster: ClusterRuntime) -> String {
    if let state = cluster.availability?[member.key] { return state.rawValue }
    // One that drains still serves what it has.
    let obstacle = obstacle(member)
    if obstacle == .unresolved || !member.isResolved { return "unresolved" }
    return obstacle == nil || obstacle == .draining ? "operational" : "failed"
  }

  public func buckets(cluster name: String?) throws(OperationError) -> [BucketRow] {
    let position = name.flatMap { clusterPositions[$0] }
    if let name, position == nil { throw OperationError(.notFound, "there is no cluster \(name)") }
    return (position.map { clusterTable[$0...$0] } ?? clusterTable[...]).flatMap { cluster in
      let names = Dictionary(
        cluster.members.map { ($0.index, $0.configuration.name) }
          + cluster.leaving.map { ($0.index, $0.name) },
        uniquingKeysWith: { a, _ in a })
      return cluster.machine.states.enumerated().map { i, state in
        let leavers = [state.previous, state.withdrawnMember].compactMap { $0.flatMap { names[Int($0.raw)] } }
        return BucketRow(
          cluster: cluster.name, index: i, member: state.current.flatMap { names[Int($0.raw)] },
          previous: leavers.isEmpty ? nil : leavers.joined(separator: ","), state: state.description,
          packets: tables.bucketCounters(cluster.firstBucket + i).packets)
      }
    }
  }

  public func stations() -> [StationRow] {
    let ownMAC = SwitchControl.ownMAC(configuration)
    return tables.stations.map {
      StationRow(
        mac: $0.mac.description, vlan: Int($0.vlan.raw), port: portName($0.port),
        kind: $0.mac == ownMAC ? "own" : $0.router != nil ? "router" : "learned", age_seconds: $0.age * 16 / 5
      )
    }
  }

  public func arp() -> [ARPRow] {
    let now = time.now
    func age(_ heard: Duration?) -> Int { heard.map { Int((now - $0).components.seconds) } ?? 0 }
    var rows: [ARPRow] = []
    for cluster in clusterTable {
      if cluster.pool == nil {
        rows.append(virtualRow(cluster))
      }
      for member in cluster.members {
        guard let found = resolver[UInt32(member.index)] else { continue }
        let address =
          if let router = cluster.router(of: member) {
            router.address.description
          } else if case .ownAddress(let own) = member.configuration.location { own.description } else {
            cluster.configuration.address.description
          }
        rows.append(
          ARPRow(
            address: address, vlan: Int(member.configuration.vlan.raw), mac: found.mac?.description,
            kind: cluster.pool == nil ? "member" : "router", owner: member.key, state: found.state.rawValue,
            age_seconds: age(found.lastHeard)))
      }
    }
    for view in neighbours.neighbours.sorted(by: { $0.key.address.description < $1.key.address.description })
    {
      rows.append(
        ARPRow(
          address: view.key.address.description, vlan: Int(view.key.vlan.raw), mac: view.mac?.description,
          kind: "neighbour", owner: view.port.map(portName) ?? "", state: view.state.rawValue,
          age_seconds: age(view.lastHeard)))
    }
    return rows
  }

  private func virtualRow(_ cluster: ClusterRuntime) -> ARPRow {
    ARPRow(
      address: cluster.configuration.address.description, vlan: Int(cluster.configuration.vlan.raw),
      mac: cluster.virtualMAC.description, kind: "virtual", owner: cluster.name, state: "reachable",
      age_seconds: 0)
  }

  /// Punts are among them: nobody got these frames but control.
  public func drops() -> [DropRow] {
    let named = [(own.port.name, NumberAllocator.ownPort)] + portTable.map { ($0.name, $0.index) }
    return Reason.allCases.flatMap { reason in
      named.compactMap { name, index in
        let packets = tables.count(reason, port: index)
        return packets == 0 ? nil : DropRow(reason: reason.name, port: name, packets: packets)
      }
    }
  }
}
