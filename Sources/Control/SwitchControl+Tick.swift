import CTables
import Datapath
import LinuxPlatform
import ProxyARP
import SwitchModel
import Wire

extension SwitchControl {
  /// Every 100 ms.
  func tick() {
    if isStopped { return }
    ticks += 1
    tables.setClock(fine: fine)
    releaseLinks()
    tickAddresses()
    perform(finder.tick(time.now))
    tickClusters()
    if ticks == SwitchControl.openingTicks { closeOpenings() }
    if ticks % 10 == 0 { everySecond() }
    if ticks % 32 == 0 { ageTables() }
    if ticks % 50 == 0 { retryPorts() }
    // What it took to read the configuration, and to end the switch before this one, goes back to the system.
    if ticks == 50 { FreedMemory.release() }
    saveEvents()
  }

  private func everySecond() {
    sampleMembers()
    tickFloods()
    releaseLeaving()
    tickGrowth()
    tickDrains()
    tickPools()
    tickLoad()
    tickHook()
    if isStateDirty { saveState() }
  }

  /// Where no port has received a frame no counter has changed: once more, so that the rates become 0, and no more.
  private func sampleMembers() {
    let received = portTable.reduce(tables.portCounters(NumberAllocator.ownPort).rxPackets) {
      $0 &+ tables.portCounters($1.index).rxPackets
    }
    let isQuiet = received == receivedAtSample
    receivedAtSample = received
    defer { wasQuiet = isQuiet }
    if isQuiet && wasQuiet { return }
    for position in clusterTable.indices {
      for i in clusterTable[position].members.indices { sample(position, i) }
    }
  }

  private func sample(_ position: Int, _ i: Int) {
    var now = tables.memberCounters(clusterTable[position].members[i].index)
    if clusterTable[position].pool != nil {
      (now.packets, now.bytes) = routerCount(clusterTable[position].members[i], clusterTable[position])
    }
    let last = clusterTable[position].members[i].sample
    // A difference below zero would be a member whose counters began anew.
    func rate(_ now: UInt64, _ before: UInt64) -> UInt64 { now >= before ? now - before : 0 }
    clusterTable[position].members[i].sample = RateSample(
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
      if let longest = clusterTable.compactMap({ stickyUnits($0) }).max() {
        _ = tables.ageSources(limit: longest)
      }
    }
  }
}
