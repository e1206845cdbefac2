import Balancing
import Datapath
import SwitchModel

// Floods of new flows (X6). In steady state there is nothing that they could fill. While buckets are in transition new flows
// are entered; when the datapath finds no room it leaves a flow where it needs no entry, and counts that. Then no transition
// begins that can wait, and those that observe go on with it, until it has found room for ten seconds.
extension SwitchControl {
  private static let calmTicks = 100
  /// A second; fewer are sets of the table that are full by chance.
  private static let mostUnentered: UInt64 = 100

  /// Every second.
  func tickFloods() {
    for position in clusterTable.indices {
      // Only transitions count here; a member that left takes its count along.
      if clusterTable[position].machine.transitions == 0 && clusterTable[position].unentered != nil
        && !clusterTable[position].machine.isFlooded
      {
        continue
      }
      let cluster = clusterTable[position]
      let numbers = cluster.members.map(\.index) + cluster.leaving.map(\.index)
      let now = numbers.reduce(0) { $0 &+ tables.memberCounters($1).unentered }
      let more = cluster.unentered.map { now > $0 ? now - $0 : 0 } ?? 0
      clusterTable[position].unentered = now
      if more > SwitchControl.mostUnentered {
        clusterTable[position].floodedUntil = ticks + SwitchControl.calmTicks
      }
      let isFlooded = ticks < clusterTable[position].floodedUntil
      if isFlooded == cluster.machine.isFlooded { continue }
      for change in clusterTable[position].machine.setFlood(isFlooded, now: fine) {
        write(cluster.firstBucket + change.bucket, change.state, began: true)
      }
      if isFlooded {
        record(
          .flood, cluster.name, cause: "no room for \(more) new flows of buckets that move",
          effect: "they stay where their buckets were; what can wait waits")
      } else {
        record(
          .floodOver, cluster.name, cause: "there has been room for ten seconds",
          effect: "what waited goes on")
      }
    }
  }
}
