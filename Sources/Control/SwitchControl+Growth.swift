import Datapath
public import SwitchModel

extension SwitchControl {
  /// Which of the datapath's tables another configuration has no room in, and what they become. Larger ones go on with
  /// what those hold: no flow moves by it (X7), but the program is loaded anew, which takes seconds.
  public func tableGrowth(for next: SwitchConfiguration) async -> [PlannedGrowth] {
    await SwitchControl.growth(
      for: next, numbers: numbers.numbers, present: tables.dimensions, isPcap: datapath.kind == .pcap)
  }

  /// Not on the actor: with thousands of clusters it takes its time.
  private static func growth(
    for next: SwitchConfiguration, numbers: InstanceState.Numbers, present: Dimensions, isPcap: Bool
  ) async -> [PlannedGrowth] {
    let allocator = NumberAllocator(next, earlier: numbers)
    let cpus = isPcap ? allocator.portCount : XDPDatapath.cpus
    let wanted = Opening.dimensions(next, allocator, cpus: cpus)
    return present.growth(for: wanted).map { PlannedGrowth($0.table, before: $0.before, after: $0.after) }
  }
}
