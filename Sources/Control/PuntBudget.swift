import HealthProbe
import SwitchModel

/// How many frames a port may give control in a tick of 100 ms (X6): a floor for what any network asks, room for the
/// answers to the probes that are sent through the port, which come the same way, and for those of the members behind
/// it, which are all asked at once when its link comes up.
struct PuntBudget {
  static let floor = 100
  /// Answers come in bursts, and one station's may come twice.
  private static let headroom = 4
  private static let tick = 0.1
  private static let mostMembers = 1000

  /// Of the port with the most `arp` and `nd` probes, and the one with the most members.
  static func perTick(_ jobs: [ProbeJob], members: Int) -> Int {
    var perPort: [Int: Double] = [:]
    for job in jobs where job.configuration.kind == .arp || job.configuration.kind == .nd {
      let wanted = job.configuration
      let shortest = min(wanted.interval, wanted.fastInterval ?? wanted.interval) / .seconds(1)
      perPort[job.target.port ?? -1, default: 0] += tick / max(shortest, 0.001)
    }
    return floor + min(members, mostMembers) + headroom * Int((perPort.values.max() ?? 0).rounded(.up))
  }
}
