import LinuxPlatform
import SwitchModel

/// Offloads that change or hide frames. The switch turns them off, where the driver lets it.
struct OffloadCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    examination.ports.flatMap { findings($0, examination) }
  }

  private func findings(_ port: Link, _ examination: Examination) -> [Finding] {
    let mode: PortMode =
      switch examination.datapath {
      case .pcap: .pcap
      case .tc: .tc
      case .auto, .xdp, .xdpGeneric: .xdp
      }
    let features = examination.probe.features(of: port.name)
    let wanted = Set(mode.offloadsToTurnOff)
    let active = features.filter { $0.isActive && wanted.contains($0.name) }
    let subject = "port \(port.name)"
    var findings = active.filter { !$0.isChangeable }.map { feature in
      Finding(
        examination.level(Self.isHarmful(feature.name) ? .warning : .note), "offload", of: subject,
        "\(feature.name) is on, and the driver does not let it be turned off",
        meaning: Self.meaning(feature.name), mend: "datapath: pcap    # in the configuration; or another NIC")
    }
    let changeable = active.filter(\.isChangeable).map(\.name)
    if !changeable.isEmpty {
      findings.append(
        Finding(
          .note, "offload", of: subject, "\(changeable.joined(separator: ", ")) on",
          meaning:
            "turned off while the switch runs, since it changes or hides frames; put back when it stops"))
    }
    return findings
  }

  /// Transmit segmentation works on the host's own packets only.
  private static func isHarmful(_ name: String) -> Bool { name.hasPrefix("rx-") }

  private static func meaning(_ name: String) -> String {
    switch name {
    case "rx-lro", "rx-gro-hw", "rx-gro":
      "frames are merged into larger ones, which no port may send: flows stall"
    case "rx-vlan-hw-parse", "rx-vlan-stag-hw-parse":
      "the NIC takes VLAN tags out of frames before the program sees them: tagged frames leave untagged"
    case "rx-vlan-filter", "rx-vlan-stag-filter":
      "the NIC drops frames of VLANs that the host has no interface for"
    default: "the capture's ring has room for fewer frames"
    }
  }
}
