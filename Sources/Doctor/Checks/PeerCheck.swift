import LinuxPlatform
import SwitchModel

/// The other ends of veth ports, which have to finish frames like a NIC, and to take redirected ones.
struct PeerCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    // tc hands over socket buffers as they are.
    if [.pcap, .tc].contains(examination.datapath) { return [] }
    return examination.ports.flatMap { port -> [Finding] in
      guard port.kind == "veth" else { return [] }
      let peer = port.isLowerForeign ? nil : examination.links.first { $0.index == port.lower }
      guard let peer else {
        return [
          Finding(
            .note, "veth-peer", of: "port \(port.name)", "its other end is in another network namespace",
            meaning: "there GRO has to be on, and transmit checksums and segmentation off",
            mend: "ethtool -K INTERFACE gro on tx off    # in that namespace")
        ]
      }
      return findings(port, peer, examination)
    }
  }

  private func findings(_ port: Link, _ peer: Link, _ examination: Examination) -> [Finding] {
    let features = examination.probe.features(of: peer.name)
    func isOn(_ name: String) -> Bool { features.contains { $0.name == name && $0.isActive } }
    if features.isEmpty { return [] }
    var findings: [Finding] = []
    if !isOn("rx-gro"), examination.probe.program(of: peer.index) == nil {
      findings.append(
        Finding(
          examination.level(.warning), "veth-gro", of: "port \(port.name)",
          "GRO is off at its other end \(peer.name)",
          meaning: "frames that native XDP redirects to this port vanish, without a counter",
          mend: "ethtool -K \(peer.word) gro on"))
    }
    if isOn("tx-checksum-ip-generic") {
      findings.append(
        Finding(
          examination.level(.warning), "veth-checksum", of: "port \(port.name)",
          "its other end \(peer.name) leaves checksums to a NIC that is not there",
          meaning: "TCP and UDP from there arrive with wrong checksums, and are dropped by their receivers",
          mend: "ethtool -K \(peer.word) tx off"))
    }
    return findings
  }
}
