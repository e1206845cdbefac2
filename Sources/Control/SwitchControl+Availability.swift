import Balancing
import HealthProbe
import LinuxPlatform
import SwitchModel

// Availability clusters (H11): the machine is fed with what is known of the members.
extension SwitchControl {
  /// How long after the start the first in order may still become primary.
  static let openingTicks = 30

  /// What an earlier run left: the primary of the datapath's buckets, or of the file.
  func adoptAvailability(_ position: Int, _ current: MemberIndex?) {
    let cluster = clusterTable[position]
    guard cluster.configuration.mode == .availability else { return }
    let adopted = isAdopted ? current.map { Int($0.raw) } : nil
    let known = cluster.members.first { $0.index == adopted }
    var machine = AvailabilityMachine(
      order: cluster.members.map(\.key), primary: known?.key)
    _ = machine.handle(.opened, at: time.now)
    clusterTable[position].availability = machine
    clusterTable[position].primary = known?.index
  }

  /// The number of the primary after what is known now.
  func updateAvailability(_ position: Int) -> Int? {
    let cluster = clusterTable[position]
    guard var machine = cluster.availability else { return nil }
    let before = machine.primary
    for member in cluster.members {
      _ = machine.handle(member.admin == .enabled ? .in(member.key) : .out(member.key), at: time.now)
    }
    // Who fails first, then who comes up: so no one becomes primary that fails in the same moment.
    for member in cluster.members where member.admin == .enabled {
      if let obstacle = obstacle(member) {
        // Not heard of yet is not failed, while there is hope.
        if obstacle == .unresolved && machine.isOpen { continue }
        _ = machine.handle(.down(member.key), at: time.now)
      }
    }
    for member in cluster.members where canServe(member) {
      _ = machine.handle(.up(member.key), at: time.now)
    }
    clusterTable[position].availability = machine
    notice(position, machine, before)
    return clusterTable[position].primary
  }

  private func notice(_ position: Int, _ machine: AvailabilityMachine<String>, _ before: String?) {
    let cluster = clusterTable[position]
    clusterTable[position].primary = cluster.members.first { $0.key == machine.primary }?.index
    if machine.primary == before { return }
    guard let now = machine.primary else { return }
    let cause = machine.history.last?.cause ?? ""
    record(
      .primary, now, cause: cause,
      effect: before.map { "all traffic goes from \($0) to \(now)" } ?? "all traffic goes to \(now)",
      moved: cluster.configuration.buckets)
  }

  /// The opening is over.
  func closeOpenings() {
    for position in clusterTable.indices {
      guard var machine = clusterTable[position].availability, machine.isOpen else { continue }
      let before = machine.primary
      _ = machine.handle(.closed, at: time.now)
      clusterTable[position].availability = machine
      notice(position, machine, before)
      review([position])
    }
  }
}
