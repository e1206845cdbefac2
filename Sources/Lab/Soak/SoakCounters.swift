import Datapath
import Forwarding

/// The datapath's sums over all ports: every frame in is sent, flooded, or under a reason.
struct SoakCounters: Hashable, Sendable {
  /// Frames that came in.
  var entered: UInt64 = 0
  /// Frames that were sent or flooded, dropped, or given to control.
  var left: UInt64 = 0

  /// Nil where no kernel keeps them (pcap).
  static func read(_ instance: String) -> SoakCounters? {
    guard let tables = PinFolder(instance: instance).tables else { return nil }
    // The frames that are under way are in `entered` alone: what left is read first, and so is never more.
    var sums = SoakCounters()
    for port in TableMemory.portNumbers {
      let counters = tables.portCounters(port)
      sums.left &+= counters.txPackets &+ counters.floodPackets
      for reason in Reason.allCases { sums.left &+= tables.count(reason, port: port) }
    }
    for port in TableMemory.portNumbers { sums.entered &+= tables.portCounters(port).rxPackets }
    return sums
  }
}
