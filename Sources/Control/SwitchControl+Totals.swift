import Balancing
import Datapath
public import SwitchModel

extension SwitchControl {
  public func totals() -> SwitchTotals {
    var totals = SwitchTotals(events: eventLog.totals)
    for cluster in clusterTable {
      totals.transitions[cluster.name] = cluster.machine.transitions
      guard cluster.pool == nil else { continue }
      for member in cluster.members {
        let count = tables.memberCounters(member.index)
        totals.members[member.key] = .init(newFlows: count.newFlows, leavingPackets: count.leavingPackets)
      }
    }
    return totals
  }
}
