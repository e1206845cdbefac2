import Datapath
import Forwarding
import SwitchModel
import Wire

// `show flows`: an observation of the datapath, made on demand.
extension SwitchControl {
  /// Watches for a while. One observer at a time, a minute at the most.
  public func flows(for duration: Duration) async throws(OperationError) -> [FlowRow] {
    if isTapped { throw OperationError(.busy, "somebody else is watching the flows, or capturing") }
    guard duration > .zero, duration <= .seconds(60) else {
      throw OperationError(.invalid, "flows are watched for 1 ms to 60 s")
    }
    let first = configuration.virtualMAC.number
    let observer = FlowObserver(virtualMACs: first..<first + UInt64(numbers.clusterCount))
    let tap: any Tap
    do throws(DatapathError) {
      tap = try datapath.openTap { observer.add($0) }
    } catch {
      throw OperationError(.unavailable, error.message)
    }
    isTapped = true
    try? await Task.sleep(for: duration)
    tap.close()
    isTapped = false
    return observer.result.sorted { $0.value.packets > $1.value.packets }.map { row(of: $0, $1) }
  }

  private func row(of flow: FlowObserver.Flow, _ count: FlowObserver.Count) -> FlowRow {
    func text(_ address: IPAddress, _ port: UInt16?) -> String {
      guard let port else { return address.description }
      return address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
    // Clusters that share an address share the MAC that frames come with.
    let possible = clusterTable.filter { $0.virtualMAC == flow.virtualMAC }
    var found: (cluster: String, member: String)?
    for cluster in possible {
      let member = cluster.members.first { $0.mac == flow.memberMAC && $0.port == flow.out }
      if let member { found = found ?? (cluster.name, member.configuration.name) }
    }
    let key = FlowKey(
      sourceHi: flow.source.hi, sourceLo: flow.source.lo, destinationHi: flow.destination.hi,
      destinationLo: flow.destination.lo,
      ports: UInt32((flow.sourcePort ?? 0).bigEndian) | UInt32((flow.destinationPort ?? 0).bigEndian) << 16,
      protocolNumber: flow.protocolNumber)
    return FlowRow(
      protocol: Service(protocolNumber: flow.protocolNumber).description,
      source: text(flow.source, flow.sourcePort), destination: text(flow.destination, flow.destinationPort),
      cluster: found?.cluster ?? possible.first?.name ?? "", member: found?.member ?? "",
      packets: count.packets, bytes: count.bytes, entry: tables.hasFlow(key))
  }
}
