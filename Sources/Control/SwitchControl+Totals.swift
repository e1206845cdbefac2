import Balancing
import Datapath
public import SwitchModel

extension SwitchControl {
  public func totals() async -> SwitchTotals {
    var totals = SwitchTotals(events: eventLog.totals)
    await forEachCluster { cluster in
      totals.transitions[cluster.name] = cluster.machine.transitions
      guard cluster.pool == nil else { return }
      for member in cluster.members {
        let count = tables.memberCounters(member.index)
        totals.members[member.key] = .init(newFlows: count.newFlows, leavingPackets: count.leavingPackets)
      }
    }
    return totals
  }
}
