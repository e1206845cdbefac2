import LinuxPlatform
import Wire

/// Whether a port already serves something else: a bridge, a bond, the host.
struct PurposeCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    examination.ports.flatMap { master($0, examination) + uppers($0, examination) + host($0, examination) }
  }

  private func master(_ port: Link, _ examination: Examination) -> [Finding] {
    guard let index = port.master else { return [] }
    let master = examination.links.first { $0.index == index }
    let name = master.map { "\($0.kind ?? "master") \($0.name)" } ?? "interface \(index)"
    return [
      Finding(
        examination.level(.fault), "master", of: "port \(port.name)", "is part of \(name)",
        meaning: "frames would be forwarded by both, twice or in circles",
        mend: "ip link set dev \(port.word) nomaster")
    ]
  }

  /// VLAN interfaces, macvlans, and bonds whose ports are below.
  private func uppers(_ port: Link, _ examination: Examination) -> [Finding] {
    var findings = examination.links.filter {
      $0.lower == port.index && !$0.isLowerForeign && $0.kind != "veth" && $0.kind != nil
    }.map {
      Finding(
        examination.level(.warning), "upper", of: "port \(port.name)", "carries \($0.kind ?? "") \($0.name)",
        meaning: "the switch takes the frames first: \($0.name) hears nothing more",
        mend: "ip link delete \($0.word)")
    }
    if let kind = port.kind, ["bridge", "bond", "team", "vlan", "macvlan", "ipvlan", "tun"].contains(kind) {
      findings.append(
        Finding(
          .note, "kind", of: "port \(port.name)", "is a \(kind)",
          meaning: kind == "bond"
            ? "native XDP on a bond is possible where all its interfaces have it; untried"
            : "it has no native XDP; its lower interface would be faster"))
    }
    return findings
  }

  private func host(_ port: Link, _ examination: Examination) -> [Finding] {
    let subject = "port \(port.name)"
    if let route = examination.probe.routes.first(where: {
      $0.interface == port.index && $0.destination.length == 0 && $0.origin != .flowSwitch
    }) {
      return [
        Finding(
          examination.level(.fault), "management", of: subject,
          "the host's \(route.destination.address.isIPv6 ? "IPv6 " : "")default route leaves by it",
          meaning: "as a port it has no ARP and no IPv6: this host, and you, would be cut off",
          mend: "ip route show default    # give the host another interface, or the switch another port")
      ]
    }
    let addresses = examination.probe.addresses.filter { $0.interface == port.index && !$0.isLinkLocal }
    return addresses.map { one in
      let text = "\(one.address.address)/\(one.address.length)"
      return Finding(
        examination.level(.warning), "address", of: subject, "the host has \(text) on it",
        meaning: one.address.address.isIPv6
          ? "it is taken off while the switch runs, and put back when it stops"
          : "the host is not to be reached by it while the switch runs, and routes there what it cannot deliver",
        mend: "ip address delete \(text) dev \(port.word)")
    }
  }
}
