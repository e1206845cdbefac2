import LinuxPlatform

/// Room for bursts.
struct RingCheck: Check {
  private static let enough = 1024

  func findings(in examination: Examination) -> [Finding] {
    examination.ports.compactMap { port in
      guard let rings = examination.probe.rings(of: port.name), rings.maximumReceive > 0,
        rings.receive < min(Self.enough, rings.maximumReceive)
      else { return nil }
      let wanted = min(Self.enough, rings.maximumReceive)
      return Finding(
        .note, "rings", of: "port \(port.name)",
        "its receive ring has \(rings.receive) of \(rings.maximumReceive) places",
        meaning: "a burst that comes while the CPU is elsewhere is dropped by the NIC: see `ethtool -S`",
        mend: "ethtool -G \(port.word) rx \(wanted)")
    }
  }
}
