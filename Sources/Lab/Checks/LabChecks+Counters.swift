import SwitchModel

extension LabChecks {
  /// What the switch counted agrees with what went through it.
  package func countersCount() throws -> [Finding] {
    let members = try lab.members()
    let idle = members.filter { $0.cluster.hasPrefix("web") && $0.packets == 0 }
    let ports = try lab.ports()
    let silent = ports.filter { $0.rx_packets == 0 || $0.tx_packets == 0 }
    let busy = members.filter { $0.cluster == "web" }.map { "\($0.name) \($0.packets)" }
    return [
      Finding(
        "H8", "every member of web and web6 has counted packets", idle.isEmpty,
        "web: \(busy.joined(separator: ", "))"
          + (idle.isEmpty ? "" : "; none: \(idle.map { "\($0.cluster)/\($0.name)" }.joined(separator: ", "))")
      ),
      Finding(
        "H8", "every port has counted packets in and out", ports.count == LabHost.lan.count && silent.isEmpty,
        ports.map { "\($0.name) \($0.rx_packets)/\($0.tx_packets)" }.joined(separator: ", ")),
    ]
  }
}
