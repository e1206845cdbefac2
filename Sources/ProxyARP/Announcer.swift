/// Tells neighbours the MAC of virtual addresses, a number of times, so that caches and the stations of other switches
/// follow a change at once (H3, H14, X1). Owned by control's loop; no clock, no I/O.
public struct Announcer: Sendable {
  /// How often an address is announced. RFC 5227 §1.1 has 2, RFC 4861 §10 at most 3.
  public var repetitions: Int
  /// Pause between the repetitions. RFC 5227 §1.1 has 2 s, RFC 4861 §10 at least 1 s.
  public var interval: Duration
  /// Most frames a call of `tick`; the others wait for the next.
  public var burst: Int

  private struct Job: Hashable {
    var address: VirtualAddress
    var port: Int
    var left: Int
    var due: Duration
  }

  private var jobs: [Job] = []

  public init(repetitions: Int = 3, interval: Duration = .seconds(2), burst: Int = 256) {
    self.repetitions = repetitions
    self.interval = interval
    self.burst = burst
  }

  /// When `tick` has something to do; nil: nothing is left to announce.
  public var nextDeadline: Duration? { jobs.lazy.map(\.due).min() }

  /// Announces the addresses on the ports from now on; what is under way for the same address and port begins anew.
  public mutating func announce(
    _ addresses: [VirtualAddress], ports: [Int], now: Duration
  ) -> [Announcement] {
    let again = Set(addresses.map { NeighbourKey(vlan: $0.vlan, address: $0.address) })
    jobs.removeAll {
      ports.contains($0.port)
        && again.contains(NeighbourKey(vlan: $0.address.vlan, address: $0.address.address))
    }
    guard repetitions > 0 else { return [] }
    for address in addresses {
      for port in ports {
        jobs.append(Job(address: address, port: port, left: repetitions, due: now))
      }
    }
    return tick(now)
  }

  /// Nothing more is said of other addresses, nor on other ports.
  public mutating func keep(only addresses: Set<VirtualAddress>, ports: Set<Int>) {
    jobs.removeAll { !addresses.contains($0.address) || !ports.contains($0.port) }
  }

  /// The switch no longer has the address: nothing more is said about it.
  public mutating func withdraw(_ address: VirtualAddress) {
    jobs.removeAll { $0.address == address }
  }

  /// Time has passed.
  public mutating func tick(_ now: Duration) -> [Announcement] {
    var frames: [Announcement] = []
    for index in jobs.indices where jobs[index].due <= now && frames.count < max(burst, 1) {
      frames.append(Announcement(port: jobs[index].port, frame: jobs[index].address.announcement))
      jobs[index].left -= 1
      jobs[index].due = now + interval
    }
    if !frames.isEmpty { jobs.removeAll { $0.left <= 0 } }
    return frames
  }
}
