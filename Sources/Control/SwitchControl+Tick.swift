import SwitchModel
import Wire
import LinuxPlatform
import CTables
import Datapath

extension SwitchControl {
  /// Every 100 ms.
  func tick() {
    if isStopped { return }
    ticks += 1
    tables.setClock(fine: fine)
    tickAddresses()
    tickClusters()
    if ticks % 10 == 0 { everySecond() }
    if ticks % 32 == 0 { ageTables() }
    if ticks % 50 == 0 { retryPorts() }
  }

  private func everySecond() {
    for position in clusterTable.indices {
      for i in clusterTable[position].members.indices {
        sample(&clusterTable[position].members[i])
      }
    }
    releaseLeaving()
    if isStateDirty { saveState() }
  }

  private func sample(_ member: inout MemberRuntime) {
    let now = tables.memberCounters(member.index)
    let last = member.sample
    // A difference below zero would be a member whose counters began anew.
    func rate(_ now: UInt64, _ before: UInt64) -> UInt64 { now >= before ? now - before : 0 }
    member.sample = RateSample(
      packets: now.packets, bytes: now.bytes, newFlows: now.newFlows, leaving: now.leavingPackets,
      packetsPerSecond: rate(now.packets, last.packets), bytesPerSecond: rate(now.bytes, last.bytes),
      newFlowsPerSecond: rate(now.newFlows, last.newFlows),
      leavingPerSecond: rate(now.leavingPackets, last.leaving))
  }

  private func ageTables() {
    enterOwnStation()
    let highest = (portTable.map(\.index).max() ?? 0) + 1
    receivedBefore = tables.refreshLastSources(ports: highest, earlier: receivedBefore)
    tables.ageStations(limit: UInt32(min(max(configuration.stationAgeing / .milliseconds(3200), 1), 250)))
    if ticks % 320 == 0 {
      let settle = UInt32(min(max(configuration.settleTime / .milliseconds(3200), 1), 240))
      _ = tables.ageFlows(limit: settle + 10)
    }
  }
}
