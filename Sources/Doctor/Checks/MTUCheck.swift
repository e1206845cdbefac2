import LinuxPlatform
import SwitchModel

/// Frames that fit one port have to fit the others, and tunnels need room.
struct MTUCheck: Check {
  /// RFC 8200 §5: every link of IPv6 carries that much.
  private static let smallest = 1280
  private static let usual = 1500
  /// A page less headroom and tail, which most drivers want a frame to fit in (docs/datapath.md, Drivers).
  private static let page = 3498
  /// What VXLAN over IPv4 adds (RFC 7348 §5); GRE, IPIP and GUE add less.
  private static let tunnel = 50

  func findings(in examination: Examination) -> [Finding] {
    let ports = examination.ports
    var findings = ports.flatMap { one($0, examination) }
    guard examination.configuration != nil, let smallest = ports.map(\.mtu).min(),
      let largest = ports.map(\.mtu).max()
    else { return findings }
    if smallest != largest {
      let small = ports.filter { $0.mtu == smallest }.map(\.name)
      findings.append(
        Finding(
          .warning, "mtu", of: "ports",
          "MTUs from \(smallest) (\(small.joined(separator: ", "))) to \(largest)",
          meaning: "what is too long for the outgoing port is dropped (too-big); a switch cannot fragment",
          mend: ports.filter { $0.mtu != largest }.map { "ip link set dev \($0.word) mtu \(largest)" }
            .joined(separator: "\n")))
    } else if smallest >= Self.usual, smallest < Self.usual + Self.tunnel {
      findings.append(
        Finding(
          .ok, "mtu", of: "ports", "all \(smallest)",
          meaning:
            "tunnels through the switch have to send smaller packets: VXLAN takes \(Self.tunnel) bytes, GRE 24, IPIP 20"
        ))
    } else {
      findings.append(Finding(.ok, "mtu", of: "ports", "all \(smallest)"))
    }
    return findings
  }

  private func one(_ port: Link, _ examination: Examination) -> [Finding] {
    let subject = "port \(port.name)"
    if port.mtu < Self.usual {
      return [
        Finding(
          examination.level(.warning), "mtu", of: subject, "MTU \(port.mtu)",
          meaning: port.mtu < Self.smallest
            ? "less than IPv6 needs (1280), and than ordinary hosts send (1500): their frames are dropped (too-big)"
            : "ordinary hosts send up to 1500 bytes: frames above \(port.mtu) are dropped (too-big)",
          mend: "ip link set dev \(port.word) mtu \(Self.usual)")
      ]
    }
    let usesXDP = examination.datapath == .xdp || examination.datapath == .auto
    if usesXDP, port.mtu > Self.page {
      return [
        Finding(
          examination.level(examination.datapath == .xdp ? .fault : .warning), "mtu", of: subject,
          "MTU \(port.mtu)",
          meaning: "drivers refuse native XDP for frames that do not fit a page: generic XDP on all ports",
          mend: "ip link set dev \(port.word) mtu 1500")
      ]
    }
    return []
  }
}
